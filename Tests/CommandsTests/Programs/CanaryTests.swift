internal import Foundation
internal import JSON
internal import Jobs
internal import Subprocess
internal import TestSupport
internal import Testing

/// Marked secrets in every place where Komodo shows some: no program lets one out, and none stays
/// on the disk.
@Suite(.timeLimit(.minutes(10))) struct CanaryTests {
    /// What nothing is kept waiting with, and everything logged.
    private static let settings = [
        "KOMODO_LOG_LEVEL": "trace", "KOMODO_RATE_LIMIT": "50000", "KOMODO_RETRY_DELAY": "100ms",
        "KOMODO_RETRY_COUNT": "1", "KOMODO_RECONCILE_GRACE": "1s",
    ]

    private static let targets: [TargetType: String] = [
        .server: "prod-1", .stack: "monitoring", .deployment: "web", .build: "my-app",
        .repo: "infra", .procedure: "release", .action: "cleanup", .resourceSync: "production",
    ]

    private static let failing = [
        ("deploy", "broken"), ("deploy", "offline-app"), ("deploy", "secret-vault"),
        ("deploy", "no-such-thing"), ("deploy-stack", "broken-stack"), ("build", "broken-build"),
        ("build", "orphan-build"), ("run-procedure", "broken-procedure"),
        ("pull-repo", "broken-repo"), ("run-sync", "broken-sync"),
    ]

    /// A page as a proxy answers with, and Core's own error with its causes.
    private static let faults: JSONValue = [
        "rules": [
            [
                "match": ["type": "RestartDeployment", "nth": 1],
                "action": [
                    "kind": "html",
                    "body": .string(
                        "<html><body><h1>502 Bad Gateway</h1><p>password=c4n4ryhtml at "
                            + "<b>https://bot:c4n4ryhtmlurl@proxy.example.com/</b></p></body></html>"
                    ),
                ],
            ],
            [
                "match": ["type": "PullDeployment", "nth": 1],
                "action": [
                    "kind": "status", "status": 500,
                    "body": .string(
                        #"{"error":"failed: DB_PASSWORD=c4n4ryerror","#
                            + #""trace":["at https://bot:c4n4rytrace@git.example.com/a.git"]}"#),
                ],
            ],
        ]
    ]

    @Test func noSecretOfKomodoComesOutOrStays() async throws {
        try await SimulatedKomodo.with(
            "--time-scale", "0.01", "--canaries", settings: Self.settings
        ) { komodo in
            let run = CanaryRun(komodo: komodo)
            try await komodo.control("faults", Self.faults)
            let ids = try await Self.orderEverything(run)
            try await run.run(
                "komodo-jobs", ["wait"] + ids + ["--timeout", "180s", "-f", "json"])
            try await run.look(at: ids)
            let failed = try await run.jobs("list", "--status", "failed", "-q").lines
            try await run.callEverything(job: try #require(failed.first))
            try await Self.askWrongly(run)
            try await run.jobs("watch", "--timeout", "180s", "-f", "json")
            #expect(try await komodo.programs.isQuietInTheEnd())
            try await run.searchFiles()
            try await run.expectFilesAreClosedToOthers()
            #expect(run.haul.bytes > 1_000_000)
            #expect(run.haul.leaks == [])
            // It is not for lack of secrets: each of them was in an answer that a program got.
            #expect(try await run.unsent(except: ["env", "output", "url"]) == [])
        }
    }

    @Test func noSecretOfTheSignedInterfaceComesOutOrStays() async throws {
        let settings = Self.settings.merging(["KOMODO_API": "signed"]) { $1 }
        try await SimulatedKomodo.with(
            "--time-scale", "0.01", "--canaries", "--api", "signed", settings: settings
        ) { komodo in
            let run = CanaryRun(komodo: komodo)
            let secrets = CanaryRun.secretArguments
            let ids = [
                try await run.order("trigger-action", "cleanup", ["--arg", "payload=" + secrets]),
                try await run.order(
                    "trigger-action", "broken-action", ["--arg", "payload=" + secrets]),
                try await run.order(
                    "run-procedure", "broken-procedure",
                    ["--arg", #"variables={"dbPass":"c4n4ryofcaller","PIN":"c4n4rypin"}"#]),
                try await run.order("deploy", "broken"), try await run.order("deploy", "web"),
                try await run.order("build", "broken-build"),
            ].compactMap { $0 }
            #expect(ids.count == 6)
            try await run.run(
                "komodo-jobs", ["wait"] + ids + ["--timeout", "180s", "-f", "json"])
            try await run.look(at: ids)
            try await run.callEverything(job: ids[1])
            try await run.jobs("watch", "--timeout", "180s", "-f", "json")
            #expect(try await komodo.programs.isQuietInTheEnd())
            try await run.searchFiles()
            #expect(run.haul.leaks == [])
            let (all, sent) = try await run.canaries()
            for name in ["env", "output", "url", "error"] {
                let canaries = (all[name]?.array ?? []).compactMap(\.string)
                #expect(!canaries.isEmpty && sent.isSuperset(of: canaries), "\(name)")
            }
        }
    }

    /// Orders each operation, and those that fail, some with secrets of the caller's own.
    private static func orderEverything(_ run: CanaryRun) async throws -> [String] {
        var ids: [String?] = []
        for operation in JobOperation.allCases {
            // One that has not changed is watched for a minute.
            let usual = try #require(targets[operation.spec.targetType], "\(operation)")
            let target = operation == .deployStackIfChanged ? "blog" : usual
            var more: [String] = []
            if operation.spec.parameters.contains(where: { $0.name == "container" }) {
                more = ["--arg", "container=web"]
            }
            if operation == .triggerAction {
                more = ["--arg", "args=" + CanaryRun.secretArguments]
            }
            ids.append(try await run.order(operation.rawValue, target, more))
        }
        for (operation, target) in failing {
            ids.append(try await run.order(operation, target))
        }
        let secrets = ["--arg", "args=" + CanaryRun.secretArguments]
        ids.append(try await run.order("trigger-action", "broken-action", secrets))
        let waited = try await run.order("trigger-action", "report", secrets + ["--wait"])
        ids.append(waited)
        let cancelled = try await run.order("trigger-action", "report", secrets + ["--at", "1h"])
        try await run.jobs("show", try #require(cancelled))
        try await run.jobs("show", try #require(cancelled), "-f", "json")
        try await run.jobs("cancel", try #require(cancelled))
        return (ids + [cancelled]).compactMap { $0 }
    }

    /// Commands that end with an error which repeats what was typed.
    private static func askWrongly(_ run: CanaryRun) async throws {
        let url = "https://ada:c4n4rytyped@komodo.example.com"
        try await run.jobs("run", "deploy", "password=c4n4rytyped", "-f", "json")
        try await run.jobs("run", "deploy", url)
        try await run.jobs("run", "deploy", "web", "--arg", "token=c4n4rytyped")
        try await run.jobs("run", "deploy", "web", "--idempotency-key", "token=c4n4rytyped")
        try await run.jobs("run", "deploy", "web", "--url", url)
        try await run.jobs("run", "--api-secret=c4n4rytyped")
        try await run.jobs("show", "token=c4n4rytyped", "-f", "json")
        try await run.run("komodo-mcp", ["serve", "--tools", "token=c4n4rytyped"])
    }
}
