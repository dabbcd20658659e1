internal import Foundation
internal import FoundationNetworking
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// What a program printed and how it ended.
struct Outcome: Sendable {
    let code: Int32
    let out: String
    let err: String

    /// Standard output as JSON; nil when it is none.
    var json: JSONValue? { try? JSONValue(parsing: out) }
    /// Standard error as JSON; nil when it is none.
    var errorJSON: JSONValue? { try? JSONValue(parsing: err) }
    /// Standard output as lines of JSON; nil when one is none.
    var jsonLines: [JSONValue]? {
        try? out.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
    /// The lines of standard output.
    var lines: [String] { out.split(separator: "\n").map(String.init) }
}

/// The built programs, run as a user of their own would run them.
struct Programs: Sendable {
    /// The home directory, which goes away with the last copy.
    let home: TemporaryDirectory
    /// The settings; nothing else of the tests' environment reaches the programs.
    var settings: [String: String] = [:]

    /// Beside the test bundle.
    static let folder: String = {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") }
        guard let bundle, let end = bundle.range(of: ".xctest") else {
            return Bundle.main.bundlePath
        }
        return (String(bundle[..<end.lowerBound]) as NSString).deletingLastPathComponent
    }()

    private static let outputBytesMax = 16 << 20

    init(settings: [String: String] = [:]) throws {
        home = try TemporaryDirectory()
        self.settings = settings
    }

    /// Programs that know a Komodo which nothing answers for, and leave the work to others.
    static func unreachable() throws -> Programs {
        try Programs(settings: [
            "KOMODO_URL": "http://127.0.0.1:9", "KOMODO_API_KEY": "K_test_key",
            "KOMODO_API_SECRET": "S_test_secret_value", "KOMODO_WORKER": "external",
            "KOMODO_RETRY_COUNT": "0",
        ])
    }

    /// The place of the database unless a test names another one.
    var database: String { home.path + "/.local/state/komodo-mcp/jobs.db" }

    func jobs(_ arguments: String...) async throws -> Outcome {
        try await run("komodo-jobs", arguments)
    }

    func mcp(_ arguments: String...) async throws -> Outcome {
        try await run("komodo-mcp", arguments)
    }

    func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), environment: environment,
            output: .string(limit: Self.outputBytesMax),
            error: .string(limit: Self.outputBytesMax))
        return Outcome(
            code: Self.code(result.terminationStatus), out: result.standardOutput,
            err: result.standardError)
    }

    var environment: Environment {
        var variables = settings
        variables["HOME"] = home.path
        variables["PATH"] = Self.folder + ":/usr/sbin:/usr/bin:/sbin:/bin"
        variables["LANG"] = "C.UTF-8"
        let pairs = variables.compactMap { name, value in
            Environment.Key(rawValue: name).map { ($0, value) }
        }
        return .custom(Dictionary(uniqueKeysWithValues: pairs))
    }

    /// The processes that live with this home, zombies aside.
    func processes() throws -> [Int32] {
        let mark = Data("HOME=\(home.path)\0".utf8)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            // Processes of others, and those that ended meanwhile, cannot be read.
            guard let pid = Int32(name),
                let environ = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/environ")),
                environ.range(of: mark) != nil
            else { return nil }
            return pid
        }
    }

    private static func code(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}

/// A simulated Komodo in a process of its own.
struct SimulatedKomodo: Sendable {
    let address: JSONValue
    /// Programs that know it; an on-demand worker leaves soon.
    let programs: Programs

    /// Sends a control request, for example `hold`.
    func control(_ request: String, _ body: JSONValue) async throws {
        let url = try #require(URL(string: "\(address["url"]?.string ?? "")/simulator/\(request)"))
        var message = URLRequest(url: url)
        message.httpMethod = "POST"
        message.httpBody = Data(body.serialized().utf8)
        let (answer, response) = try await URLSession.shared.data(for: message)
        #expect(
            (response as? HTTPURLResponse)?.statusCode == 200,
            "\(String(decoding: answer, as: UTF8.self))")
    }

    /// Runs `body` beside it.
    static func with<Result: Sendable>(
        _ arguments: String..., settings: [String: String] = [:],
        _ body: @Sendable (SimulatedKomodo) async throws -> Result
    ) async throws -> Result {
        var programs = try Programs()
        // A home of its own, so that it does not count among the programs' processes.
        let own = try Programs()
        let result = try await Subprocess.run(
            .name("komodo-mcp"), arguments: Arguments(["simulator"] + arguments),
            environment: own.environment, input: .none, output: .sequence, error: .discarded
        ) { execution in
            var first = ""
            for try await line in execution.standardOutput.strings() {
                first = line
                break
            }
            let address = try JSONValue(parsing: first)
            programs.settings = [
                "KOMODO_URL": address["url"]?.string ?? "",
                "KOMODO_API_KEY": address["api_key"]?.string ?? "",
                "KOMODO_API_SECRET": address["api_secret"]?.string ?? "",
                "KOMODO_WORKER_IDLE": "1s",
            ].merging(settings) { $1 }
            let value = try await body(SimulatedKomodo(address: address, programs: programs))
            try execution.send(signal: .terminate)
            return value
        }
        return result.closureResult
    }
}
