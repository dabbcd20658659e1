internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// What people get wrong at the shell, and what scripts do to the programs.
@Suite(.timeLimit(.minutes(2))) struct UsageTests {
    private static func queued(_ programs: Programs, _ arguments: String...) async throws -> String
    {
        let run = try await programs.run(
            "komodo-jobs", ["run", "deploy", "web", "-q", "--new"] + arguments)
        #expect(run.code == 0, "\(run.err)")
        return run.lines.first ?? ""
    }

    @Test(arguments: [
        (["--idempotency-key", ""], "1 to 255"),
        (["--idempotency-key", String(repeating: "k", count: 256)], "1 to 255"),
        (["--at", "2020-01-01T00:00:00Z"], "start window"),
        (["--at", "2020-01-01T00:00:00Z", "--start-within", "5d"], "start window"),
    ])
    func whatCannotBeMeantIsRefused(options: [String], words: String) async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.run("komodo-jobs", ["run", "deploy", "web"] + options)
        #expect(run.code == 2, "\(run.err)")
        #expect(run.err.contains(words), "\(run.err)")
        #expect(try await programs.jobs("list", "-q").lines.isEmpty)
    }

    @Test func aMomentWithinTheStartWindowIsTaken() async throws {
        let programs = try Programs.unreachable()
        let moment = Date(timeIntervalSinceNow: -60).formatted(.iso8601)
        _ = try await Self.queued(programs, "--at", moment)
        _ = try await Self.queued(
            programs, "--at", "2020-01-01T00:00:00Z", "--start-within", "36500d")
    }

    @Test func aNegativePriorityNeedsNoTrick() async throws {
        let programs = try Programs.unreachable()
        let id = try await Self.queued(programs, "--priority", "-5")
        let show = try await programs.jobs("show", id, "-f", "json")
        #expect(show.json?["priority"]?.int == -5)
    }

    @Test func spacesAroundANameAreLeftOut() async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", " web\t", "-f", "json")
        #expect(run.json?["target"]?["name"]?.string == "web", "\(run.out)")
        #expect(try await programs.jobs("run", "deploy", "  ").code == 2)
    }

    @Test func aListThatIsCutSaysSoUnlessItsJSONDoes() async throws {
        let programs = try Programs.unreachable()
        for _ in 0..<2 { _ = try await Self.queued(programs) }
        for options in [["-q"], ["-q", "-f", "json"], ["-f", "jsonl"], []] {
            let list = try await programs.run("komodo-jobs", ["list", "--limit", "1"] + options)
            #expect(list.err.contains("--page-token"), "\(options)")
        }
        let json = try await programs.jobs("list", "--limit", "1", "-f", "json")
        #expect(json.err.isEmpty && json.json?["next"]?.string != nil)
    }

    @Test(arguments: [["retry"], ["resolve", "--retry"]])
    func whatDestroysIsNotRepeatedUnasked(command: [String]) async throws {
        try await SimulatedKomodo.with { komodo in
            var programs = komodo.programs
            programs.settings["KOMODO_WORKER"] = "external"
            let run = try await programs.jobs("run", "destroy-deployment", "web", "-y", "-q")
            let id = try #require(run.lines.first, "\(run.err)")
            #expect(try await programs.jobs("cancel", id).code == 0)
            let again = try await programs.run("komodo-jobs", command + [id])
            #expect(again.code == 2)
            #expect(again.err.contains("Add -y"), "\(again.err)")
            #expect(try await programs.jobs("list", "-q").lines == [id])
        }
    }

    // Workers that are not there.

    @Test func waitingWithoutAnyWorkerSaysSo() async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "web")
        #expect(run.err.contains("komodo-mcp worker"), "\(run.err)")
        let id = String(run.out.prefix { $0 != " " })
        var stranger = programs
        stranger.settings = [:]
        for (programs, word) in [(programs, "komodo-mcp worker"), (stranger, "KOMODO_URL")] {
            for command in ["wait", "watch"] {
                let waited = try await programs.jobs(command, id, "--timeout", "1s")
                #expect(waited.code == 5)
                #expect(waited.err.contains("No worker"), "\(waited.err)")
                #expect(waited.err.contains(word), "\(waited.err)")
            }
        }
        // With nothing to do nobody is missed.
        let cancelled = try await programs.jobs("cancel", id)
        #expect(cancelled.err.isEmpty, "\(cancelled.err)")
    }

    // Settings.

    @Test func aCertificateFileThatIsNotThereIsNamed() async throws {
        var programs = try Programs.unreachable()
        programs.settings["KOMODO_CA_FILE"] = "/nonexistent/ca.pem"
        let run = try await programs.jobs("run", "deploy", "web")
        #expect(run.code == 2)
        #expect(run.err.contains("KOMODO_CA_FILE names /nonexistent/ca.pem"), "\(run.err)")
        let worker = try await programs.mcp("worker")
        #expect(worker.code == 2)
        // Reading needs no Komodo.
        #expect(try await programs.mcp("db", "migrate").code == 0)
        #expect(try await programs.jobs("list").code == 0)
    }

    @Test(arguments: [
        ["--komodo-version", "9"], ["--port", "70000"], ["--time-scale", "0"],
        ["--faults", "/nonexistent"], ["--extra-deployments=-1"],
    ])
    func theSimulatorRefusesWhatItCannotPlay(options: [String]) async throws {
        let outcome = try await Programs().run("komodo-mcp", ["simulator"] + options)
        #expect(outcome.code == 2, "\(outcome.err)")
        #expect(!outcome.err.isEmpty && outcome.out.isEmpty)
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        try await SimulatedKomodo.with { komodo in
            let port = try #require(komodo.address["port"]?.int)
            let outcome = try await komodo.programs.mcp("simulator", "--port", "\(port)")
            #expect(outcome.code == 1)
            #expect(
                outcome.err == "Cannot listen on 127.0.0.1:\(port): Address already in use.\n")
        }
    }

    // Descriptors.

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func closedDescriptorsAreNotTakenForOthers(redirections: String) async throws {
        let programs = try Programs.unreachable()
        let script = """
            komodo-mcp db migrate >/dev/null; for i in 1 2 3 4 5; do
                komodo-jobs run deploy web --new \(redirections) || exit 9
                komodo-jobs list \(redirections) || exit 9
            done
            """
        let outcome = try await programs.run("sh", ["-c", script])
        #expect(outcome.code == 0, "\(outcome.err)")
        let check = try await programs.mcp("db", "check", "-f", "json")
        #expect(check.json?["jobs"]?.int == 5, "\(check.out)\(check.err)")
    }
}
