internal import JSON
internal import JobStore
internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct JobJSONTests {
    @Test func aFinishedJobHasTheDocumentedShape() {
        #expect(
            JobJSON.job(Fixture.job()).serialized(pretty: true) == """
                {
                  "schema": 1,
                  "job_id": "job_deploy_1M7X7E29J2SQ5N24Y9BHKHCAQD",
                  "status": "success",
                  "phase": null,
                  "operation": "deploy",
                  "target": {
                    "type": "Deployment",
                    "id": "665ab8c87235243a2de3469a",
                    "name": "web"
                  },
                  "arguments": {},
                  "attempt": 1,
                  "komodo_update_id": "6b00a18b43f7d1be5d000001",
                  "idempotency_key": null,
                  "principal": "os:ada",
                  "created_at": "2026-03-01T11:59:00.250Z",
                  "started_at": "2026-03-01T11:59:10.250Z",
                  "finished_at": "2026-03-01T11:59:18.250Z",
                  "error": null,
                  "instance": "https://komodo.example.com",
                  "priority": 0,
                  "run_at": "2026-03-01T11:59:00.250Z",
                  "accepted_at": "2026-03-01T11:59:11.250Z"
                }
                """)
    }

    @Test func whatIsKnownBesidesIsAdded() {
        let job = Fixture.job(
            .failed(.outcomeUnknown), error: JobError(.outcomeUnknown, "Nobody knows.")
        ) {
            $0.arguments = ["stop_time": 5]
            $0.idempotencyKey = "k"
            $0.retryOf = Fixture.plain
            $0.candidates = ["a", "b"]
            $0.lateOutcome = "succeeded"
            $0.duplicateUpdate = "c"
        }
        let json = JobJSON.job(job, extra: [("deduplicated", true)])
        #expect(json["phase"]?.string == "outcome_unknown")
        #expect(json["error"] == ["code": "OUTCOME_UNKNOWN", "message": "Nobody knows."])
        #expect(json["arguments"] == ["stop_time": 5])
        #expect(json["idempotency_key"]?.string == "k")
        #expect(json["retry_of"]?.string == Fixture.plain)
        #expect(json["candidates"] == ["a", "b"])
        #expect(json["late_outcome"]?.string == "succeeded")
        #expect(json["duplicate_detected"]?.string == "c")
        #expect(json["deduplicated"]?.bool == true)
    }

    @Test func anEmptyListIsAListAllTheSame() {
        #expect(JobJSON.list([]).serialized() == #"{"schema":1,"items":[],"next":null}"#)
    }

    @Test func errorsHaveACodeAndAMessage() {
        let error = CommandError(.notFound, "There is no job 'x'.")
        #expect(
            JobJSON.failure(error).serialized()
                == #"{"schema":1,"error":{"code":"NOT_FOUND","message":"There is no job 'x'."}}"#)
    }

    @Test func controlsThatTerminalsObeyAreEscaped() throws {
        let value: JSONValue = ["name": .string("a\u{1B}[31m\u{9B}2J\u{7F}é")]
        let text = value.printed()
        #expect(text == #"{"name":"a\u001b[31m\u009b2J\u007fé"}"#)
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test func logsHaveTheDocumentedShape() {
        #expect(
            LogText.json(Self.log()).serialized() == """
                {"attempt":1,"position":0,"stage":"Docker Run","command":"docker run web",\
                "stdout":"one\\ntwo\\n","stderr":"","stdout_size":8,"stderr_size":0,\
                "success":true,"started_at":"2026-03-01T12:00:00.250Z","ended_at":null}
                """)
    }

    @Test func logsAreShownUnderTheirStages() {
        let logs = [Self.log(), Self.log(attempt: 2, success: false)]
        let style = Style(usesColour: false)
        #expect(
            LogText.text(logs, tail: nil, style: style) == """
                ── Docker Run
                $ docker run web
                one
                two
                ── Docker Run of attempt 2 (failed)
                $ docker run web
                one
                two
                """)
        #expect(LogText.text(logs, tail: 1, style: style) == "two")
        #expect(LogText.text(logs, tail: 3, style: style) == "$ docker run web\none\ntwo")
    }

    private static func log(attempt: Int = 1, success: Bool = true) -> LogEntry {
        LogEntry(
            attempt: attempt, position: 0, stage: "Docker Run", command: "docker run web",
            stdout: "one\ntwo\n", stderr: "", stdoutSize: 8, stderrSize: 0, success: success,
            startedAt: Fixture.now, endedAt: nil)
    }
}
