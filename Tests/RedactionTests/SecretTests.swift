import Testing

@testable import Redaction

@Suite(.timeLimit(.minutes(2)))
struct SecretTests {
    private struct Holder {
        let secret: Secret
        let optional: Secret?
        let list: [Secret]
        let table: [String: Secret]
    }

    @Test func noWayOfPrintingShowsTheText() {
        let secret = Secret("hunter2!")
        let holder = Holder(secret: secret, optional: secret, list: [secret], table: ["a": secret])
        var printed = ""
        print(secret, holder, to: &printed)
        debugPrint(secret, holder, to: &printed)
        dump(secret, to: &printed)
        dump(holder, to: &printed)
        printed += "\(secret) \(holder) \(String(describing: Optional(secret)))"
        printed += String(describing: secret) + String(reflecting: secret)
        printed += String(reflecting: holder)
        secret.write(to: &printed)
        for child in Mirror(reflecting: secret).children { printed += "\(child)" }
        #expect(!printed.contains("hunter2"))
        #expect(printed.contains("[redacted]"))
    }

    @Test func theTextIsThereForWhoAsks() {
        #expect(Secret("hunter2!").reveal() == "hunter2!")
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("").isEmpty)
    }
}
