// swift-tools-version: 6.2
// Targets stand in dependency order, each followed by its tests; dependencies are alphabetical.
import PackageDescription

let package = Package(
    name: "komodo-mcp",
    products: [
        .executable(name: "komodo-mcp", targets: ["komodo-mcp"]),
        .executable(name: "komodo-jobs", targets: ["komodo-jobs"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["JSON", "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .target(name: "JSON"),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"]),

        .target(name: "Jobs", dependencies: ["JSON"]),
        .testTarget(name: "JobsTests", dependencies: ["JSON", "Jobs", "TestSupport"]),

        .target(name: "Redaction", dependencies: ["JSON"]),
        .testTarget(name: "RedactionTests", dependencies: ["JSON", "Redaction", "TestSupport"]),

        .target(name: "CKomodo", linkerSettings: [.linkedLibrary("sqlite3")]),

        .target(
            name: "JobStore",
            dependencies: [
                "CKomodo", "JSON", "Jobs",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("Migrations")]),
        .testTarget(
            name: "JobStoreTests",
            dependencies: [
                "JSON", "JobStore", "Jobs", "TestSupport", "enqueuer",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),

        .target(
            name: "MCP",
            dependencies: [
                "JSON",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "MCPTests",
            dependencies: [
                "JSON", "MCP", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(
            name: "MCPHTTP",
            dependencies: [
                "JSON", "MCP",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "MCPHTTPTests",
            dependencies: [
                "JSON", "MCP", "MCPHTTP", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        .target(
            name: "KomodoClient",
            dependencies: [
                "JSON", "Jobs", "Redaction",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        .testTarget(
            name: "KomodoClientTests",
            dependencies: [
                "JSON", "Jobs", "KomodoClient", "KomodoSimulator", "Redaction", "ScriptedHTTP",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),

        .target(
            name: "JobWorker",
            dependencies: [
                "JSON", "JobStore", "Jobs", "KomodoClient", "Redaction",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "JobWorkerTests",
            dependencies: [
                "Intake", "JSON", "JobStore", "JobWorker", "Jobs", "KomodoClient",
                "KomodoSimulator", "Redaction", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(
            name: "Intake",
            dependencies: ["JSON", "JobStore", "Jobs", "KomodoClient", "Redaction"]),

        .target(
            name: "KomodoSimulator",
            dependencies: [
                "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "KomodoSimulatorTests",
            dependencies: [
                "JSON", "KomodoSimulator",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),

        .target(
            name: "KomodoTools",
            dependencies: [
                "Intake", "JSON", "JobStore", "Jobs", "KomodoClient", "MCP", "Redaction",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "KomodoToolsTests",
            dependencies: [
                "Intake", "JSON", "JobStore", "JobWorker", "Jobs", "KomodoClient",
                "KomodoSimulator", "KomodoTools", "MCP", "Redaction", "ScriptedHTTP",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Examples", "Golden"]),

        .target(
            name: "Bootstrap",
            dependencies: [
                "JSON", "Jobs", "Redaction",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "BootstrapTests",
            dependencies: [
                "Bootstrap", "JSON", "Jobs", "Redaction", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Loops in C that do the least over the same SQLite.
        .target(name: "CBaseline", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "Bench",
            dependencies: ["CBaseline", "JSON", "JobStore", "Jobs", "KomodoSimulator"]),
        .testTarget(
            name: "BenchTests",
            dependencies: ["Bench", "JSON", "JobStore", "Jobs", "TestSupport"]),

        .target(
            name: "Commands",
            dependencies: [
                "Bench", "Bootstrap", "CKomodo", "Intake", "JSON", "JobStore", "JobWorker", "Jobs",
                "KomodoClient", "KomodoSimulator", "KomodoTools", "MCP", "MCPHTTP", "Redaction",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "JSON", "JobStore", "Jobs", "TestSupport", "komodo-jobs",
                "komodo-mcp",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),

        .executableTarget(name: "komodo-mcp", dependencies: ["Commands"]),
        .executableTarget(name: "komodo-jobs", dependencies: ["Commands"]),

        // A worker that stops or kills itself at a step of the protocol; for tests alone.
        .executableTarget(
            name: "crash-worker", dependencies: ["Commands", "JobStore", "JobWorker"],
            path: "Tests/crash-worker"),
        // What the public conformance suite expects of a server; no part of the product.
        .executableTarget(
            name: "mcp-conformance-fixture",
            dependencies: [
                "JSON", "MCP", "MCPHTTP",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/mcp-conformance-fixture"),
        // Stores jobs as fast as it can; for tests of several processes.
        .executableTarget(
            name: "enqueuer", dependencies: ["JSON", "JobStore", "Jobs"], path: "Tests/enqueuer"),
        .target(
            name: "ScriptedHTTP",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/ScriptedHTTP"),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "TidyTests"),
    ]
)

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .treatAllWarnings(as: .error),  // SE-0480
]

/// Targets that look at every byte of long texts: without optimization their tests take minutes.
let optimizedAlways: Set<String> = ["JSON", "Redaction"]

for target in package.targets where !["CBaseline", "CKomodo"].contains(target.name) {
    target.swiftSettings = settings
    if optimizedAlways.contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
    }
}
