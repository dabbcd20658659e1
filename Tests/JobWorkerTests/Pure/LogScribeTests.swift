import JobStore
import Jobs
import KomodoClient
import Redaction
import Testing

@testable import JobWorker

/// What is kept of Komodo's logs.
@Suite(.timeLimit(.minutes(2)))
struct LogScribeTests {
    private let redactor = Redactor(secrets: ["correct-horse-battery"])
    private var scribe: LogScribe { LogScribe(redactor: redactor) }

    private func log(
        _ stage: String, stdout: String = "", stderr: String = "", success: Bool = true
    ) -> UpdateLog {
        UpdateLog(
            stage: stage, command: "", stdout: stdout, stderr: stderr, success: success,
            startedAt: Timestamp(milliseconds: 5), endedAt: nil)
    }

    private func update(_ success: Bool, _ logs: [UpdateLog]) -> Update {
        Update(
            summary: UpdateSummary(
                id: "64b7f0a1c2d3e4f5a6b7c8d9", operation: "Deploy",
                startedAt: Timestamp(milliseconds: 0), status: .complete, success: success,
                operatorID: "o", targetType: "Deployment", targetID: "t"),
            endedAt: nil, logs: logs, version: nil, commitHash: nil)
    }

    @Test
    func markupAndControlCharactersAreGone() throws {
        let raw = log(
            "<b>Build</b>\n one",
            stdout: "<span class=\"text-red\">ERROR</span>: \u{1b}[31mno\u{7}",
            stderr: "a &lt;b&gt;\r\nc")
        let entry = try #require(scribe.entries([raw], attempt: 3).first)
        #expect(entry.stage == "Build one")
        #expect(entry.stdout == "ERROR: no")
        #expect(entry.stderr == "a <b>\nc")
        #expect(entry.attempt == 3 && entry.position == 0 && entry.success)
        #expect(entry.startedAt == Timestamp(milliseconds: 5))
    }

    @Test
    func secretsAreMaskedEvenWhenMarkupSplitsThem() throws {
        let raw = log(
            "run", stdout: "correct-<b>horse</b>-battery", stderr: "DB_PASSWORD=swordfish99 ok")
        var other = raw
        other.command = "docker run -e API_TOKEN=abcdef123456 web"
        let entries = scribe.entries([raw, other], attempt: 1)
        #expect(entries.map(\.position) == [0, 1])
        let text = entries.map { $0.stdout + $0.stderr + $0.command }.joined()
        #expect(!text.contains("battery") && !text.contains("swordfish"))
        #expect(!text.contains("abcdef123456"))
        #expect(text.contains("[redacted]") && text.contains("web"))
    }

    @Test
    func longTextsKeepHeadAndTailAndTheirTrueSize() throws {
        let long = "head" + String(repeating: "é", count: 900_000) + "tail"
        let entry = try #require(scribe.entries([log("run", stdout: long)], attempt: 1).first)
        #expect(entry.stdoutSize == long.utf8.count)
        #expect(entry.stdout.utf8.count <= LogEntry.textBytesMax + 64)
        #expect(entry.stdout.hasPrefix("head") && entry.stdout.hasSuffix("tail"))
        #expect(entry.stdout.contains("bytes left out"))
        #expect(!entry.stdout.contains("\u{FFFD}"))
        #expect(entry.stderrSize == 0)
    }

    @Test
    func longTextsShareTheRoomOfTheirAttempt() {
        let long = String(repeating: "line\n", count: 60_000)
        let logs = [log("first", stdout: "short")] + (0..<50).map { log("\($0)", stderr: long) }
        let entries = scribe.entries(logs, attempt: 1)
        let kept = entries.map { $0.stdout.utf8.count + $0.stderr.utf8.count }
        #expect(kept.reduce(0, +) <= LogEntry.attemptBytesMax + 64 * entries.count)
        #expect(kept.reduce(0, +) > LogEntry.attemptBytesMax * 9 / 10)
        #expect(entries[0].stdout == "short")
        #expect(entries.dropFirst().allSatisfy { $0.stderrSize == long.utf8.count })
    }

    @Test
    func endlessStagesAreCut() {
        let logs = (0..<(LogEntry.stagesMax + 5)).map { log("stage \($0)") }
        #expect(scribe.entries(logs, attempt: 1).count == LogEntry.stagesMax)
        let long = scribe.entries([log(String(repeating: "x", count: 5_000))], attempt: 1)
        #expect(long.first?.stage.count == 200)
    }

    @Test
    func successNeedsNothingElse() {
        let noise = log("Task Error", stderr: "Resource is busy", success: true)
        #expect(update(true, [noise]).outcome(redactor: redactor) == .succeeded)
    }

    @Test(arguments: [
        ("Task Error", "Resource is busy", "busy"),
        ("Task Error", "<span>ERROR</span>: Resource is busy", "busy"),
        ("Task Error", "Server x is not connected", "not_started"),
        ("Task Error", "User does not have required permissions on this Stack", "failed"),
        ("Docker Run", "Resource is busy", "failed"),
        ("Task Error", "Timed out waiting for message.", "interrupted"),
        ("Komodo shutdown", "Komodo shutdown while in progress", "interrupted"),
        ("Build Cancelled", "User cancelled build", "cancelled"),
        ("Execute Action", "Command cancelled (process group killed)", "cancelled"),
        ("Execution error", "Procedure cancelled before completion", "cancelled"),
        ("Docker Run", "manifest unknown", "failed"),
    ])
    func theWordsOfAFailureDecide(_ stage: String, _ text: String, _ outcome: String) {
        let failed = update(false, [log(stage, stderr: text, success: false)])
        let found = failed.outcome(redactor: redactor)
        #expect(found.word == outcome)
    }

    @Test
    func aRefusedPermissionIsAnAuthorizationError() {
        let text = "User does not have required permissions on this Deployment"
        let logs = [log("Task Error", stderr: text, success: false)]
        guard case .failed(let error) = update(false, logs).outcome(redactor: redactor) else {
            Issue.record("not a failure")
            return
        }
        #expect(error.code == .authorizationError)
    }

    @Test
    func theReasonOfAFailureIsPlainMaskedAndShort() {
        let text =
            "<b>login</b> with correct-horse-battery failed "
            + String(repeating: "x", count: 5_000)
        let logs = [log("Docker <i>Login</i>", stderr: text, success: false)]
        guard case .failed(let error) = update(false, logs).outcome(redactor: redactor) else {
            Issue.record("not a failure")
            return
        }
        #expect(error.message.hasPrefix("Docker Login: login with [redacted] failed"))
        #expect(error.message.count < 700)
    }

    @Test
    func aFailureWithoutAnyLogSaysSo() {
        guard case .failed(let error) = update(false, []).outcome(redactor: redactor) else {
            Issue.record("not a failure")
            return
        }
        #expect(!error.message.isEmpty)
    }
}
