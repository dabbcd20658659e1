import JSON
import TestSupport
import Testing

@testable import MCP

@Suite(.timeLimit(.minutes(2)))
struct SealedStateTests {
    private let key = [UInt8](repeating: 7, count: SealedState.keyBytes)
    private let nonce = [UInt8](1...12)
    private let context = SealedState.Context(principal: "ann", binding: [1, 2, 3])
    private let payload: JSONValue = ["answers": ["name": "é", "n": .number("1.50")], "round": 2]

    private func seal(_ payload: JSONValue? = nil) throws(SealedStateError) -> String {
        try SealedState.seal(
            payload ?? self.payload, key: key, context: context, expiresSeconds: 1_000,
            nonce: nonce)
    }

    private func open(
        _ text: String, key: [UInt8]? = nil, context: SealedState.Context? = nil, now: Int64 = 999
    ) throws(SealedStateError) -> SealedState {
        try SealedState.open(
            text, key: key ?? self.key, context: context ?? self.context, nowSeconds: now)
    }

    @Test func whatIsSealedOpensUnchanged() throws {
        let opened = try open(try seal())
        #expect(opened.payload == payload)
        #expect(opened.nonce == nonce)
        #expect(opened.expiresSeconds == 1_000)
    }

    @Test func theTextIsSafeInURLsAndTellsNothing() throws {
        let text = try seal()
        let marks = "-_".utf8
        #expect(
            text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || marks.contains($0) })
        let bytes = try #require(SealedState.Base64URL.decoded(text))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("answers"))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("ann"))
    }

    @Test func everyChangedBitIsNoticed() throws {
        let bytes = try #require(SealedState.Base64URL.decoded(try seal()))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let text = SealedState.Base64URL.encoded(changed)
            #expect(throws: SealedStateError.tampered, "bit \(bit)") { try open(text) }
        }
    }

    @Test func everyOtherLengthIsNoticed() throws {
        let text = try seal()
        for count in 0..<text.count {
            #expect(throws: SealedStateError.tampered) { try open(String(text.prefix(count))) }
        }
        for tail in ["A", "AA", "AAAA", "=", "\n", "é", "\0"] {
            #expect(throws: SealedStateError.tampered) { try open(text + tail) }
        }
        let long = String(repeating: "A", count: SealedState.textBytesMax + 4)
        #expect(throws: SealedStateError.tampered) { try open(long) }
    }

    @Test func itsTimeEnds() throws {
        let text = try seal()
        #expect(throws: SealedStateError.expired) { try open(text, now: 1_000) }
        #expect(throws: SealedStateError.expired) { try open(text, now: .max) }
        #expect(try open(text, now: .min).payload == payload)
    }

    @Test(arguments: [
        SealedState.Context(principal: "bob", binding: [1, 2, 3]),
        SealedState.Context(principal: "ann", binding: [1, 2]),
        SealedState.Context(principal: "ann", binding: []),
        SealedState.Context(principal: "ann\u{1}", binding: [2, 3]),
        SealedState.Context(principal: "", binding: Array("ann".utf8) + [1, 2, 3]),
    ])
    func anotherContextDoesNotOpenIt(other: SealedState.Context) throws {
        let text = try seal()
        #expect(throws: SealedStateError.foreign) { try open(text, context: other) }
    }

    @Test func anotherKeyDoesNotOpenIt() throws {
        let text = try seal()
        let other = [UInt8](repeating: 8, count: SealedState.keyBytes)
        #expect(throws: SealedStateError.tampered) { try open(text, key: other) }
        #expect(throws: SealedStateError.unusable) { try open(text, key: [1]) }
    }

    @Test func unusableKeysAndNoncesAreRefused() throws {
        #expect(throws: SealedStateError.unusable) {
            try SealedState.seal(1, key: [], context: context, expiresSeconds: 1, nonce: nonce)
        }
        #expect(throws: SealedStateError.unusable) {
            try SealedState.seal(1, key: key, context: context, expiresSeconds: 1, nonce: [1])
        }
    }

    @Test func whatIsTooLargeIsRefused() throws {
        let large = JSONValue.string(String(repeating: "x", count: 60_000))
        #expect(throws: SealedStateError.tooLarge) { try seal(large) }
        let fitting = JSONValue.string(String(repeating: "x", count: 48_000))
        #expect(try open(try seal(fitting)).payload == fitting)
    }

    /// A text of the first version, so that a change of the format does not go unnoticed.
    @Test func textsOfTheFirstVersionOpen() throws {
        let golden =
            "AQAAAAAAAAPoAQIDBAUGBwgJCgsM_FvGFg9AUzPFNPwVgfE5SsJZ9eGXvVnb"
            + "vFmFvfVs90xgzUHigAfDMbH3SA0_it8QP6kyG9cBDQ"
        #expect(try seal(["a": 1]) == golden)
        #expect(try open(golden).payload == ["a": 1])
    }

    @Test func randomTextsDoNotOpen() throws {
        var random = SeededRandom(11)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<120, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = SealedState.Base64URL.encoded([1] + bytes)
            #expect(SealedState.Base64URL.decoded(text) == [1] + bytes)
            #expect(throws: SealedStateError.tampered) { try open(text) }
        }
    }

    @Test(arguments: ["A", "AB", "AAB", "A===", "AA==", "A+", "A/", "AAAAA", " AAA", "AA\u{301}A"])
    func base64IsReadStrictly(text: String) {
        #expect(SealedState.Base64URL.decoded(text) == nil)
    }
}
