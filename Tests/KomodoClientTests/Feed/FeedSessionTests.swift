import JSON
import Redaction
import Testing

@testable import KomodoClient

/// What the texts on a websocket mean.
@Suite(.timeLimit(.minutes(2)))
struct FeedSessionTests {
    private static let redactor = Redactor(secrets: [Secret(testKey), Secret(testSecret)])

    /// A session whose login is accepted.
    private func opened() -> FeedSession {
        var session = FeedSession(redactor: Self.redactor)
        #expect(session.receive(Array("LOGGED_IN".utf8)) == .opened)
        #expect(session.isOpen)
        return session
    }

    private func item(_ status: String, id: String = "\"\(testID)\"") -> [UInt8] {
        Array(#"{"id":\#(id),"operation":"Deploy","status":"\#(status)","more":[1]}"#.utf8)
    }

    @Test
    func itemsOfUpdatesAreHints() {
        var session = opened()
        for (word, status) in [
            ("InProgress", UpdateStatus.inProgress), ("Complete", .complete),
            ("Paused", .other("Paused")),
        ] {
            #expect(
                session.receive(item(word)) == .hint(UpdateHint(id: testID, status: status)))
        }
        #expect(
            session.receive(item("Complete", id: "{\"$oid\":\"\(testID)\"}"))
                == .hint(UpdateHint(id: testID, status: .complete)))
        #expect(session.ignored == 0)
    }

    @Test(arguments: ["", "{", "[]", "LOGGED_IN", "{}", #"{"id":"short"}"#, #"{"id":7}"#, "\u{0}"])
    func whatCannotBeReadIsCountedAndMeansNothing(_ text: String) {
        var session = opened()
        #expect(session.receive(Array(text.utf8)) == .nothing)
        #expect(session.ignored == 1)
    }

    @Test
    func aRefusedKeyIsToldFromAnEarlyLoginAndFromADatabaseThatIsDown() throws {
        let cases: [(String, FeedPace.Loss, Admission.Finding)] = [
            (
                "[401 Unauthorized]: Invalid user credentials | You have 4 attempts remaining",
                .refused, .keyRefused
            ),
            (
                "[401 Unauthorized]: Too many attempts | Try again in 12s",
                .throttled(.seconds(12)), .throttled(.seconds(12))
            ),
            (
                "[429 Too Many Requests]: Too many attempts", .throttled(.seconds(15)),
                .throttled(.seconds(15))
            ),
            ("[401 Unauthorized]: Failed to query db", .broken, .nothing),
            ("[500 Internal Server Error]: it broke", .broken, .nothing),
        ]
        for (text, loss, finding) in cases {
            var session = FeedSession(redactor: Self.redactor)
            guard case .refused(let refusal) = session.receive(Array(text.utf8)) else {
                Issue.record("\(text) is no refusal")
                continue
            }
            let end = FeedEnd(login: refusal)
            #expect(end.loss == loss && end.finding == finding, "\(text)")
            #expect(!session.isOpen)
        }
    }

    @Test
    func aUserWhoIsDisabledLaterIsRefused() {
        var session = opened()
        let text = #"{"type":"INVALID_USER","msg":"user is disabled"}"#
        guard case .refused(let refusal) = session.receive(Array(text.utf8)) else {
            Issue.record("no refusal")
            return
        }
        #expect(FeedEnd(login: refusal).finding == .keyRefused)
        #expect(refusal.message == "user is disabled")
    }

    @Test(arguments: ["hello", "[]: x", "[abc]: x", "[40", "{}"])
    func anotherAnswerToTheLoginIsNoKomodo(_ text: String) {
        var session = FeedSession(redactor: Self.redactor)
        #expect(session.receive(Array(text.utf8)) == .strange(text))
        #expect(FeedEnd(strange: text).loss == .absent)
    }

    @Test
    func whatIsQuotedHasNoSecret() {
        var session = FeedSession(redactor: Self.redactor)
        let texts = ["[401 Unauthorized]: \(testSecret) \(testKey)", "you sent \(testSecret)"]
        for text in texts {
            let printed = SecrecyTests.prints(session.receive(Array(text.utf8)))
            #expect(!printed.contains(testKey.prefix(6)) && !printed.contains(testSecret.prefix(6)))
        }
    }

    @Test
    func theLoginNamesKeyAndSecret() throws {
        let login = try JSONValue(
            parsing: FeedSession.login(testConnection("http://127.0.0.1:1")))
        #expect(
            login == [
                "type": "ApiKeys",
                "params": ["key": .string(testKey), "secret": .string(testSecret)],
            ])
    }
}
