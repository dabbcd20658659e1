internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct JobTextTests {
    @Test(arguments: [
        (JobState.pending(.queued), ""), (.pending(.held), "waits for another job on web"),
        (.starting(.sending), ""),
        (.starting(.reconciling), "the answer was lost; looking for evidence in Komodo"),
        (.running(.accepted), ""), (.running(.cancelling), "Komodo was asked to cancel it"),
        (.running(.unreachable), "Komodo cannot be reached; the operation may go on there"),
        (.running(.verifying), "waits until web is healthy"), (.success, ""),
    ])
    func statesExplainThemselves(state: JobState, reason: String) {
        #expect(JobText.reason(Fixture.job(state), now: Fixture.now) == reason)
    }

    @Test(arguments: JobState.all) func everyStateHasAnExitCode(state: JobState) {
        let expected: Commands.ExitStatus =
            switch state {
            case .success: .success
            case .failed(.outcomeUnknown): .outcomeUnknown
            case .failed(.deadline): .timedOut
            case .failed: .jobFailed
            case .cancelled: .jobCancelled
            case .pending, .starting, .running: .timedOut
            }
        #expect(Fixture.job(state).exitStatus == expected)
    }

    @Test func aJobThatEndedIsSummedUp() {
        let job = Fixture.job(
            .failed(.remoteFailed), target: "web\u{1B}[2J",
            error: JobError(.executionError, "It broke.\nBadly."))
        #expect(
            RunText.ended(job, timedOut: false, style: Style(usesColour: false)) == """
                job_deploy_1M7X7E29J2SQ5N24Y9BHKHCAQD  failed/remote_failed after 8.0s  deploy web
                It broke. Badly.
                Its log: komodo-jobs logs BHKHCAQD
                """)
    }

    @Test func coloursFollowTheStatus() {
        let job = Fixture.job()
        let text = RunText.ended(job, timedOut: false, style: Style(usesColour: true))
        #expect(text.contains("\u{1B}[32msuccess\u{1B}[0m after 8.0s"))
    }

    @Test(arguments: [
        ("/tmp/jobs.db", "/tmp/jobs.db"), ("/tmp/a b", "'/tmp/a b'"), ("it's", "'it'\\''s'"),
        ("$HOME", "'$HOME'"),
    ])
    func pathsAreQuotedForTheShell(path: String, word: String) {
        #expect(DemoProgram.quoted(path) == word)
    }
}
