internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// The exit codes of design and README, from the built programs.
@Suite(.timeLimit(.minutes(3))) struct ExitCodeTests {
    @Test func jobsEndWithTheCodeOfTheirOutcome() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.1") { komodo in
            let programs = komodo.programs
            let success = try await programs.jobs("run", "deploy", "web", "--wait", "-f", "json")
            #expect(success.code == 0, "\(success.err)")
            #expect(success.json?["status"]?.string == "success")
            #expect(success.json?["komodo_update_id"]?.string?.count == 24)

            let failed = try await programs.jobs("run", "deploy", "broken", "--wait", "-f", "json")
            #expect(failed.code == 3)
            #expect(failed.json?["error"]?["code"]?.string == "EXECUTION_ERROR")

            let slow = try await programs.jobs("run", "build", "slow-build", "-q")
            #expect(slow.code == 0)
            let id = slow.lines.first ?? ""
            let waited = try await programs.jobs("wait", id, "--timeout", "1s")
            #expect(waited.code == 5)
            #expect(waited.out.contains("Still under way"))
            #expect(try await programs.jobs("cancel", id).code == 0)
            let cancelled = try await programs.jobs("wait", id, "-f", "json")
            #expect(cancelled.code == 4)
            #expect(cancelled.json?["status"]?.string == "cancelled")

            let both = try await programs.jobs("wait", id, success.json?["job_id"]?.string ?? "")
            #expect(both.code == 4)
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func anUnknownOutcomeHasACodeOfItsOwn() async throws {
        let faults = try TemporaryDirectory()
        try """
        {"rules": [{"match": {"type": "RunProcedure"}, "action": {"kind": "drop_before"}}]}
        """.write(toFile: faults.file("faults.json"), atomically: true, encoding: .utf8)
        let settings = ["KOMODO_REQUEST_TIMEOUT": "1s", "KOMODO_RECONCILE_GRACE": "1s"]
        try await SimulatedKomodo.with(
            "--faults", faults.file("faults.json"), settings: settings
        ) { komodo in
            let programs = komodo.programs
            let run = try await programs.jobs(
                "run", "run-procedure", "nightly", "--wait", "-f", "json")
            #expect(run.code == 7, "\(run.err)")
            #expect(run.json?["phase"]?.string == "outcome_unknown")
            let id = run.json?["job_id"]?.string ?? ""
            #expect(try await programs.jobs("retry", id).code == 1)
            let settled = try await programs.jobs("resolve", id, "--fail", "-f", "json")
            #expect(settled.code == 0, "\(settled.err)")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func whatCannotBeQueuedIsNotQueued() async throws {
        try await SimulatedKomodo.with { komodo in
            let programs = komodo.programs
            let refused: [(arguments: [String], code: Int32, message: String)] = [
                (["run", "dploy", "web"], 2, "Did you mean deploy?"),
                (["run", "deploy", "web", "--wiat"], 2, "--wiat"),
                (["run", "deploy", "web", "--arg", "force=true"], 2, "force"),
                (["run", "deploy"], 2, "<target>"),
                (["run", "deploy", "wbe"], 6, "web"),
                (["run", "stop-server", "prod-1"], 2, "Add -y"),
                (["run", "build", "my-app", "--wait-for-healthy"], 2, "health"),
                (["run", "deploy", "web", "--on-busy", "explode"], 2, "wait or fail"),
                (["run", "deploy", "web", "--worker", "embedded"], 2, "--wait"),
            ]
            for (arguments, code, message) in refused {
                let text = try await programs.run("komodo-jobs", arguments)
                #expect(text.code == code, "\(arguments): \(text.err)")
                #expect(text.err.contains(message), "\(arguments): \(text.err)")
                #expect(text.out.isEmpty)
                let json = try await programs.run("komodo-jobs", arguments + ["-f", "json"])
                #expect(json.code == code)
                #expect(json.errorJSON?["schema"]?.int == 1, "\(json.err)")
                #expect(json.errorJSON?["error"]?["message"]?.string?.isEmpty == false)
                #expect(
                    json.errorJSON?["error"]?["code"]?.string?.isEmpty == false, "\(json.err)")
            }
            let list = try await programs.jobs("list", "-f", "json")
            #expect(list.code == 1 || list.json?["items"]?.array?.isEmpty == true)
        }
    }

    @Test func missingSettingsAreNamed() async throws {
        let run = try await Programs().jobs("run", "deploy", "web")
        #expect(run.code == 2)
        for name in ["KOMODO_URL", "KOMODO_API_KEY", "KOMODO_API_SECRET"] {
            #expect(run.err.contains(name))
        }
        let worker = try await Programs().mcp("worker")
        #expect(worker.code == 2)
        #expect(worker.err.contains("KOMODO_URL"))
    }

    @Test func aWorkerThatCannotBeStartedIsUnreachable() async throws {
        var programs = try Programs.unreachable()
        programs.settings["KOMODO_WORKER"] = "auto"
        try FileManager.default.createDirectory(
            atPath: programs.database + ".d/on-demand.log", withIntermediateDirectories: true)
        let run = try await programs.jobs("run", "deploy", "web")
        #expect(run.code == 69)
        #expect(run.out.contains("pending"))
        #expect(run.err.contains("komodo-mcp worker"))
    }

    @Test(arguments: [
        ["--help"], ["run", "--help"], ["list", "--help"], ["logs", "--help"], [],
        ["help", "watch"], ["--version"],
    ])
    func helpIsNoError(arguments: [String]) async throws {
        let outcome = try await Programs().run("komodo-jobs", arguments)
        #expect(outcome.code == 0)
        #expect(!outcome.out.isEmpty && outcome.err.isEmpty)
    }

    @Test func theProgramNamesItsCommands() async throws {
        let help = try await Programs().mcp("--help")
        for command in ["jobs", "worker", "db", "demo", "simulator"] {
            #expect(help.out.contains("\n  \(command) "))
        }
        for hidden in ["on-demand-worker", "demo-worker"] {
            #expect(!help.out.contains(hidden))
            let outcome = try await Programs().mcp(hidden)
            #expect(outcome.code == 2)
            #expect(outcome.err.contains("started by others"), "\(outcome.err)")
        }
    }
}

extension Programs {
    /// Whether no process is left of those that were started with this home.
    func isQuietInTheEnd() async throws -> Bool {
        try await eventually { try processes().isEmpty }
    }
}
