internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// What the built programs print.
@Suite(.timeLimit(.minutes(2))) struct OutputFormatTests {
    private static let reports = [
        ["list"], ["stats"], ["budget"], ["workers"], ["watch"],
    ]

    @Test func emptyResultsAreValidJSON() async throws {
        let programs = try Programs.unreachable()
        #expect(try await programs.mcp("db", "migrate").code == 0)
        for command in Self.reports {
            let json = try await programs.run("komodo-jobs", command + ["-f", "json"])
            #expect(json.code == 0, "\(command): \(json.err)")
            #expect(json.json?["schema"]?.int == 1, "\(command): \(json.out)")
            #expect(json.json?["items"]?.array?.isEmpty == true)
            #expect(json.json?["next"]?.isNull == true)
            let lines = try await programs.run("komodo-jobs", command + ["-f", "jsonl"])
            #expect(lines.out.isEmpty && lines.code == 0)
            let quiet = try await programs.run("komodo-jobs", command + ["-q"])
            #expect(quiet.out.isEmpty && quiet.code == 0)
        }
        for command in ["migrate", "status", "check"] {
            for format in ["json", "jsonl"] {
                let report = try await programs.mcp("db", command, "-f", format)
                #expect(report.code == 0 && report.json?["schema"]?.int == 1, "\(report.out)")
            }
        }
    }

    @Test func everyFormatShowsTheSameJobs() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            for name in ["web", "broken"] {
                _ = try await programs.jobs("run", "deploy", name, "--wait")
            }
            let list = try await programs.jobs("list", "-f", "json")
            let items = try #require(list.json?["items"]?.array)
            let ids = items.compactMap { $0["job_id"]?.string }
            #expect(items.compactMap { $0["target"]?["name"]?.string } == ["broken", "web"])
            #expect(try await programs.jobs("list", "-f", "jsonl").jsonLines == items)
            #expect(try await programs.jobs("list", "-q").lines == ids)
            #expect(
                try await programs.jobs("list", "--status", "failed", "-q").lines == [ids[0]])
            #expect(try await programs.jobs("list", "--since", "1h", "-q").lines == ids)
            #expect(try await programs.jobs("list", "--target", "web", "-q").lines == [ids[1]])
            #expect(
                try await programs.jobs("list", "--phase", "remote_failed", "-q").lines == [ids[0]])
            #expect(try await programs.jobs("list", "--operation", "build", "-q").lines == [])

            let show = try await programs.jobs("show", ids[1], "-f", "json")
            let events = try #require(show.json?["events"]?.array)
            #expect(events.first?["event"]?.string == "enqueued", "\(show.out)")
            #expect(events.last?["status"]?.string == "success")
            let logs = try await programs.jobs("logs", ids[0], "--format", "json")
            #expect(logs.json?["items"]?.array?.first?["stage"]?.string == "Docker Run")
            let followed = try await programs.jobs("logs", ids[0], "-f")
            #expect(followed.code == 3 && followed.out.contains("── Docker Run (failed)"))
            let watched = try await programs.run(
                "komodo-jobs", ["watch", "-f", "json"] + ids)
            #expect(watched.code == 3)
            #expect(watched.json?["items"]?.array?.count == 2)
            #expect(try await programs.jobs("stats", "-q").lines == ["deploy"])

            try await Self.expectNothingSecret(komodo, ids)
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    /// No command prints the secret or an escape sequence into a pipe.
    private static func expectNothingSecret(_ komodo: SimulatedKomodo, _ ids: [String]) async throws
    {
        let secrets = ["KOMODO_API_KEY", "KOMODO_API_SECRET"].compactMap {
            komodo.programs.settings[$0]
        }
        let commands =
            reports + [
                ["show", ids[0]], ["logs", ids[0]], ["wait"] + ids, ["retry", "nothing"],
                ["run", "deploy", "wbe"], ["list", "--log-level", "trace"],
            ]
        for command in commands {
            for format in ["table", "json", "jsonl"] {
                let outcome = try await komodo.programs.run(
                    "komodo-jobs", command + ["--format", format])
                let text = outcome.out + outcome.err
                #expect(!text.contains("\u{1B}"), "\(command)")
                for secret in secrets { #expect(!text.contains(secret), "\(command)") }
            }
        }
    }

    @Test func jobsAreFoundByBeginningAndEnding() async throws {
        let programs = try Programs.unreachable()
        let first = try await programs.queue("web")
        let second = try await programs.queue("api")
        for reference in [
            first, String(first.suffix(8)), String(first.suffix(6)).lowercased(),
            String(first.dropLast(4)), String(first.dropFirst("job_deploy_".count).dropLast(3)),
        ] {
            let shown = try await programs.jobs("show", reference, "-q")
            #expect(shown.lines == [first], "\(reference): \(shown.err)")
        }
        // The beginning is the time in milliseconds, so these two share some of it.
        let shared = String(first.prefix("job_deploy_".count + 4))
        #expect(second.hasPrefix(shared))
        let ambiguous = try await programs.jobs("show", shared)
        #expect(ambiguous.code == 2, "\(ambiguous.err)")
        #expect(ambiguous.err.contains(first) && ambiguous.err.contains(second))
        for reference in ["zzzzzz", "job_deploy_zzz", "", "web", String(first.suffix(5)), "%"] {
            #expect(try await programs.jobs("show", reference).code == 6, "\(reference)")
        }
    }

    @Test func pagesStayTheSameWhileJobsAreAdded() async throws {
        let programs = try Programs.unreachable()
        var ids: [String] = []
        for name in ["a", "b", "c"] { ids.append(try await programs.queue(name)) }
        let page = try await programs.jobs("list", "--limit", "2", "-f", "json")
        #expect(
            page.json?["items"]?.array?.compactMap { $0["job_id"]?.string } == [ids[2], ids[1]])
        let next = try #require(page.json?["next"]?.string)
        _ = try await programs.queue("d")
        let rest = try await programs.jobs("list", "--limit", "2", "--page-token", next, "-q")
        #expect(rest.lines == [ids[0]])
        #expect(rest.err.isEmpty)
        let text = try await programs.jobs("list", "--limit", "3")
        #expect(text.err.contains("--page-token p"))
        #expect(try await programs.jobs("list", "--page-token", "x").code == 2)
        #expect(try await programs.jobs("list", "--limit", "0").code == 2)
    }

    @Test func namesFromElsewhereCannotSteerTheTerminal() async throws {
        let programs = try Programs.unreachable()
        let name = "we\u{1B}[2Jb\u{9B}31m\u{202E}x"
        let run = try await programs.jobs("run", "deploy", name)
        #expect(run.code == 0, "\(run.err)")
        let id = String(run.out.prefix { $0 != " " })
        let unknown = try await programs.jobs("show", name)
        var texts = [run.out, run.err, unknown.err]
        for command in [["list"], ["show", id], ["cancel", id], ["wait", id], ["watch", id]] {
            for format in ["table", "json"] {
                texts.append(try await programs.run("komodo-jobs", command + ["-f", format]).out)
            }
        }
        for text in texts {
            #expect(
                !text.unicodeScalars.contains { scalar in
                    scalar != "\n" && scalar.properties.generalCategory == .control
                }, "\(text)")
        }
    }

    @Test func waitingJobsSayWhy() async throws {
        var programs = try Programs.unreachable()
        // One attempt: a worker that ends during another gives the job back as queued.
        programs.settings["KOMODO_RETRY_DELAY"] = "60s"
        let worker = try await programs.jobs(
            "run", "deploy", "web", "--worker", "embedded", "--wait", "--timeout", "5s")
        #expect(worker.code == 5, "\(worker.err)")
        let list = try await programs.jobs("list", "-f", "json")
        let job = list.json?["items"]?.array?.first
        #expect(job?["status"]?.string == "pending", "\(list.out)")
        #expect(job?["phase"]?.string == "backoff", "\(list.out)")
        #expect(job?["error"]?["code"]?.string == "NETWORK_ERROR", "\(list.out)")
    }

    @Test func changesAreLinesWhenPiped() async throws {
        let programs = try Programs.unreachable()
        let id = try await programs.queue("web")
        let watched = try await programs.jobs("watch", id, "--timeout", "1s")
        #expect(watched.code == 5)
        #expect(watched.lines.count == 1)
        #expect(watched.lines.first?.hasSuffix("  \(id)  pending/queued  deploy web") == true)
        let lines = try await programs.jobs("watch", id, "--timeout", "1s", "-f", "jsonl")
        #expect(lines.jsonLines?.compactMap { $0["job_id"]?.string } == [id])
    }

    @Test(arguments: [("", true), ("1", false)])
    func colourIsForTerminalsOnly(noColour: String, isColoured: Bool) async throws {
        var programs = try Programs.unreachable()
        _ = try await programs.queue("web")
        programs.settings["NO_COLOR"] = noColour
        programs.settings["TERM"] = "xterm"
        // `script` gives the program a terminal of its own.
        let listed = try await programs.run("script", ["-qec", "komodo-jobs list", "/dev/null"])
        #expect(listed.out.contains("pending/queued"), "\(listed)")
        #expect(listed.out.contains("\u{1B}[33mpending/queued\u{1B}[0m") == isColoured)
        #expect(try await !programs.jobs("list").out.contains("\u{1B}"))
    }
}

extension Programs {
    /// Stores a job that nobody works on, and answers its id.
    fileprivate func queue(_ name: String) async throws -> String {
        let run = try await jobs("run", "deploy", name, "-q")
        #expect(run.code == 0, "\(run.err)")
        return run.lines.first ?? ""
    }
}
