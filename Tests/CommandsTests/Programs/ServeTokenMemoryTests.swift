internal import JobStore
internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct ServeTokenMemoryTests {
    private struct Fault: Error {}

    private static let token = AccessToken(
        name: "ada", hash: String(repeating: "0", count: 64), scopes: ["read"],
        createdAt: Timestamp(milliseconds: 0))
    private static let start = ContinuousClock.now

    @Test func whatWasReadCountsForEver() throws {
        let memory = TokenMemory([Self.token])
        try memory.check(at: Self.start + .seconds(100_000))
        #expect(!memory.isFailing)
    }

    @Test func whatCannotBeReadAgainCountsForAWhile() throws {
        var memory = TokenMemory([Self.token])
        memory.fail(Fault(), at: Self.start)
        #expect(memory.isFailing)
        #expect(memory.tokens == [Self.token])
        try memory.check(at: Self.start + TokenMemory.ageMax)
        #expect(throws: Fault.self) {
            try memory.check(at: Self.start + TokenMemory.ageMax + .milliseconds(1))
        }
    }

    @Test func theWhileBeginsWithTheFirstFailure() {
        var memory = TokenMemory([])
        for second in 0...30 { memory.fail(Fault(), at: Self.start + .seconds(second)) }
        #expect(throws: Fault.self) { try memory.check(at: Self.start + .seconds(31)) }
    }

    @Test func readingThemAgainEndsIt() throws {
        var memory = TokenMemory([])
        memory.fail(Fault(), at: Self.start)
        memory.take([Self.token])
        #expect(!memory.isFailing)
        #expect(memory.tokens == [Self.token])
        try memory.check(at: Self.start + .seconds(31))
        memory.fail(Fault(), at: Self.start + .seconds(60))
        try memory.check(at: Self.start + .seconds(61))
    }
}
