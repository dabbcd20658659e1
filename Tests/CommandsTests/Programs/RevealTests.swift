internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

@testable internal import Commands

/// What is masked in the output of commands, and what `--reveal` shows.
@Suite(.timeLimit(.minutes(3))) struct RevealTests {
    private static let arguments = #"args={"dbPass":"hunter2","mode":"full"}"#

    private static func order(_ programs: Programs) async throws -> String {
        let run = try await programs.jobs(
            "run", "trigger-action", "backup", "--arg", arguments, "-q")
        return try #require(run.lines.first, "\(run.err)")
    }

    @Test func secretArgumentsAreShownToWhoAsksForThem() async throws {
        let programs = try Programs.unreachable()
        let id = try await Self.order(programs)
        for format in ["table", "json", "jsonl"] {
            let hidden = try await programs.jobs("show", id, "-f", format)
            #expect(!hidden.out.contains("hunter2"), "\(hidden.out)")
            #expect(hidden.out.contains("[redacted]"), "\(hidden.out)")
            let shown = try await programs.jobs("show", id, "-f", format, "--reveal")
            #expect(shown.code == 0 && shown.out.contains("hunter2"), "\(shown)")
            #expect(!shown.out.contains("[redacted]"))
        }
        let json = try await programs.jobs("show", id, "-f", "json", "--reveal").json
        #expect(json?["arguments"]?["args"] == ["dbPass": "hunter2", "mode": "full"])
        #expect(json?["arguments_forgotten"] == nil)
    }

    @Test func nothingIsPretendedOnceTheJobHasEnded() async throws {
        let programs = try Programs.unreachable()
        let id = try await Self.order(programs)
        #expect(try await programs.jobs("cancel", id).code == 0)
        let json = try await programs.jobs("show", id, "-f", "json", "--reveal")
        #expect(json.json?["arguments"] == ["args": "[redacted]"])
        #expect(json.json?["arguments_forgotten"] == ["args"], "\(json.out)")
        let text = try await programs.jobs("show", id, "--reveal").out
        #expect(text.contains("args: secret, deleted when the job ended"), "\(text)")
    }

    @Test func aStoredTextIsRevealedAsItIs() async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "token=hunter2", "-q")
        let id = try #require(run.lines.first, "\(run.err)")
        #expect(try await !programs.jobs("show", id).out.contains("hunter2"))
        #expect(try await !programs.jobs("list", "-f", "json").out.contains("hunter2"))
        #expect(try await programs.jobs("show", id, "--reveal").out.contains("token=hunter2"))
    }

    @Test func logsHaveNothingMoreToReveal() async throws {
        let programs = try Programs.unreachable()
        let id = try await Self.order(programs)
        let logs = try await programs.jobs("logs", id, "--reveal")
        #expect(logs.code == 0 && logs.err.contains("nothing more to reveal"), "\(logs)")
        #expect(try await programs.jobs("logs", "--help").out.contains("--reveal can show no more"))
    }

    @Test(
        arguments: [
            (1_000, 1_000, false), (1_000, 0, false), (0, 0, false), (1_000, 1_001, true),
            (0, 65_534, true),
        ] as [(UInt32, UInt32, Bool)])
    func onlyTheOwnerAndRootMayAsk(owner: UInt32, user: UInt32, isRefused: Bool) {
        let refusal = RevealOptions.refusal("/x/jobs.db", owner: owner, user: user)
        #expect((refusal != nil) == isRefused)
        guard let refusal else { return }
        #expect(refusal.exit == .failure)
        #expect(refusal.message.contains("/x/jobs.db") && refusal.message.contains("owner"))
    }

    @Test func nobodyIsOfferedToRevealOverMCP() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs, ["serve", "--toolsets", "all"]) { peer in
            try await peer.open()
            return try await peer.request("tools/list").serialized()
        }
        #expect(!ended.value.contains("reveal"))
    }

    /// What only looks long and random, and what is about secrets without being one, stays.
    @Test func ordinaryOutputIsNotMasked() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.02") { komodo in
            let programs = komodo.programs
            var ids: [String] = []
            for (operation, target, more) in [
                ("deploy", "web", []), ("deploy", "broken", []), ("build", "my-app", []),
                ("deploy-stack", "shop", ["--arg", "services=web,db"]),
                ("trigger-action", "report", ["--arg", #"args={"full":true,"count":3}"#]),
                ("stop-container", "prod-1", ["--arg", "container=web", "-y"]),
                ("run-procedure", "broken-procedure", ["--idempotency-key", "release-7f3a9c2e1b"]),
            ] as [(String, String, [String])] {
                let run = try await programs.run(
                    "komodo-jobs", ["run", operation, target, "-q"] + more)
                ids += run.lines
            }
            _ = try await programs.run("komodo-jobs", ["wait"] + ids)
            #expect(ids.count == 7)
            let commands =
                [["list"], ["list", "--limit", "2"], ["stats"], ["budget"], ["workers"]]
                + ids.map { ["show", $0] } + ids.map { ["logs", $0] }
                + [["wait"] + ids, ["retry", ids[0], "-y"], ["show", "nothing"]]
            for command in commands {
                for format in ["table", "json", "jsonl"] {
                    let outcome = try await programs.run(
                        "komodo-jobs", command + ["--format", format])
                    let text = outcome.out + outcome.err
                    #expect(!text.contains("[redacted]"), "\(command): \(text)")
                }
            }
            for command in [["db", "status"], ["db", "check"]] {
                let outcome = try await programs.run("komodo-mcp", command)
                #expect(!outcome.out.contains("[redacted]"), "\(outcome.out)")
            }
        }
    }

    @Test func helpIsNotMaskedButWhatWasTypedIs() async throws {
        let programs = try Programs.unreachable()
        let help = try await programs.jobs("run", "--help")
        #expect(help.out.contains("--api-key <api-key>"), "\(help.out)")
        let wrong = try await programs.jobs("run", "deploy", "web", "--token=hunter2")
        #expect(wrong.code == 2 && !wrong.err.contains("hunter2"), "\(wrong.err)")
        #expect(wrong.err.contains("Usage:"), "\(wrong.err)")
        let token = try await programs.mcp("tokens", "add", "ada")
        #expect(token.code == 0 && !token.out.contains("[redacted]") && token.out.count > 20)
    }
}
