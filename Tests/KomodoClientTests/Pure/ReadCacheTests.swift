import JSON
import Testing

@testable import KomodoClient

/// How much reads remember, and for how long.
@Suite
struct ReadCacheTests {
    @Test
    func theOldestEndsAreForgotten() {
        var cache = ReadCache()
        for number in 0...ReadCache.endsMax {
            cache.keep(ExecutionRecord.End([:]), of: "\(number)")
        }
        #expect(cache.end(of: "0") == nil)
        #expect(cache.end(of: "1") != nil)
        #expect(cache.end(of: "\(ReadCache.endsMax)") != nil)
        // What is known already takes no place.
        cache.keep(ExecutionRecord.End([:]), of: "1")
        #expect(cache.end(of: "2") != nil)
    }

    @Test
    func theOldestWalkIsForgotten() {
        var cache = ReadCache()
        for number in 0...ReadCache.walksMax {
            cache.keep(RecordWalk(at: .zero), "record \(number)")
        }
        #expect(cache.walk("record 0", at: .zero) == nil)
        #expect(cache.walk("record 1", at: .zero) != nil)
        #expect(cache.walk("record 1", at: ReadCache.walkMax) != nil)
        #expect(cache.walk("record 1", at: ReadCache.walkMax + .milliseconds(1)) == nil)
    }

    @Test
    func namesOfTagsAreUsedForAMinute() {
        var cache = ReadCache()
        #expect(cache.tags(at: .zero) == nil)
        cache.keep(tags: ["id": "name"], at: .zero)
        #expect(cache.tags(at: ReadCache.tagsMax) == ["id": "name"])
        #expect(cache.tags(at: ReadCache.tagsMax + .milliseconds(1)) == nil)
    }
}
