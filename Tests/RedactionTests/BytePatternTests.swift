import Testing

@testable import Redaction

/// Words that are searched for in bytes.
struct BytePatternTests {
    private static func plain(_ word: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: word) }
    }

    @Test(arguments: ["-----", "ab", "aab", "abcab", "-----END ", "x"])
    func theFirstPlaceIsFoundAsByLookingAtEveryByte(_ word: String) {
        let pattern = BytePattern(word)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let length = Int.random(in: 0...40, using: &random)
            let bytes = (0..<length).map { _ in Array("ab-cEND x".utf8).randomElement() ?? 0 }
            let part = bytes.dropFirst(Int.random(in: 0...5, using: &random))
            #expect(pattern.first(in: part) == Self.plain(Array(word.utf8), in: part), "\(bytes)")
        }
    }

    @Test func aWordAtTheEdgesIsFound() {
        let pattern = BytePattern("-----BEGIN ")
        #expect(pattern.first(in: Array("-----BEGIN ".utf8)[...]) == 0)
        #expect(pattern.first(in: Array("a------BEGIN ".utf8)[...]) == 2)
        #expect(pattern.first(in: Array("-----BEGIN".utf8)[...]) == nil)
        #expect(pattern.first(in: []) == nil)
    }
}
