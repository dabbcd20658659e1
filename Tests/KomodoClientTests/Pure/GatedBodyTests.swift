import NIOCore
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct GatedBodyTests {
    static func body(_ gate: @escaping @Sendable () async -> Bool) -> GatedBody {
        GatedBody(Array("body".utf8), gate: gate, now: { .seconds(7) })
    }

    @Test
    func anOpenGateReleasesTheBodyOnce() async throws {
        let asked = Tally()
        let body = Self.body {
            asked.add()
            return true
        }
        var parts = body.parts.makeAsyncIterator()
        #expect(body.releasedAt == nil)
        let part = try await parts.next()
        #expect(part == ByteBuffer(string: "body"))
        #expect(body.releasedAt == .seconds(7))
        let end = try await parts.next()
        #expect(end == nil)
        #expect(body.close() == .released(at: .seconds(7)))
        #expect(asked.count == 1)
    }

    @Test
    func aSecondReaderGetsNothing() async throws {
        let body = Self.body { true }
        var first = body.parts.makeAsyncIterator()
        var second = body.parts.makeAsyncIterator()
        _ = try await first.next()
        await #expect(throws: GatedBody.Withheld.self) { _ = try await second.next() }
    }

    @Test
    func aClosedGateRefuses() async throws {
        let body = Self.body { false }
        var parts = body.parts.makeAsyncIterator()
        await #expect(throws: GatedBody.Withheld.self) { _ = try await parts.next() }
        #expect(body.close() == .refused)
    }

    @Test
    func aGateThatAgreesAfterTheEndReleasesNothing() async throws {
        let isEnded = Tally()
        let isAsked = Tally()
        let body = Self.body {
            isAsked.add()
            await patiently { isEnded.count == 1 }
            return true
        }
        let reader = Task {
            var parts = body.parts.makeAsyncIterator()
            return try await parts.next()
        }
        try await eventually("the gate is asked") { isAsked.count == 1 }
        #expect(body.close() == .held)
        #expect(body.close() == .closed)
        isEnded.add()
        await #expect(throws: GatedBody.Withheld.self) { _ = try await reader.value }
        #expect(body.releasedAt == nil)
    }
}
