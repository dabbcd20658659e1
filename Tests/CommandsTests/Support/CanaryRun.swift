internal import Foundation
internal import FoundationNetworking
internal import JSON
internal import Jobs
internal import TestSupport
internal import Testing

/// Everything that a user does, against a simulator whose answers are full of marked secrets.
struct CanaryRun: Sendable {
    let komodo: SimulatedKomodo
    let haul = Haul()

    var programs: Programs { komodo.programs }

    /// Arguments of the caller's own, which Komodo repeats in its logs.
    static let secretArguments =
        #"{"password":"c4n4ryofcaller","dbPass":"c4n4rywithoutform","n":["--token","c4n4ryinlist"]}"#

    /// The names of the simulator's canaries by place, and those that were in its answers.
    func canaries() async throws -> (all: JSONObject, sent: Set<String>) {
        let url = try #require(
            URL(string: "\(komodo.address["url"]?.string ?? "")/simulator/canaries"))
        let (data, _) = try await URLSession.shared.data(from: url)
        let answer = try JSONValue(parsing: String(decoding: data, as: UTF8.self))
        return (
            try #require(answer["all"]?.object),
            Set(answer["sent"]?.array?.compactMap(\.string) ?? [])
        )
    }

    /// The canaries that were never in an answer, except under `names`.
    func unsent(except names: Set<String> = []) async throws -> [String] {
        let (all, sent) = try await canaries()
        return all.members.filter { !names.contains($0.key) }.flatMap { place in
            (place.value.array ?? []).compactMap(\.string).filter { !sent.contains($0) }
                .map { "\(place.key): \($0)" }
        }
    }

    private static let sampleSize = 6

    // MARK: Commands

    /// Runs a command and keeps what it prints.
    @discardableResult
    func jobs(_ arguments: String...) async throws -> Outcome {
        try await run("komodo-jobs", arguments)
    }

    /// Runs a program and keeps what it prints.
    @discardableResult
    func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
        let outcome = try await programs.run(program, arguments)
        haul.add("\(program) \(arguments.joined(separator: " ").prefix(80))", outcome)
        return outcome
    }

    /// Orders an operation and answers the job's id; nil when it was refused.
    func order(_ operation: String, _ target: String, _ more: [String] = []) async throws -> String?
    {
        let arguments = ["run", operation, target, "-y", "-f", "json"] + more
        return try await run("komodo-jobs", arguments).json?["job_id"]?.string
    }

    /// Looks at jobs with every command, in every format.
    func look(at ids: [String]) async throws {
        for format in ["table", "json", "jsonl"] {
            for command in [
                ["list", "--limit", "1000"], ["stats"], ["budget"], ["workers"], ["watch"],
            ] {
                try await run("komodo-jobs", command + ["-f", format])
            }
            for command in [
                ["db", "status"], ["db", "check"], ["db", "migrate"], ["tokens", "list"],
            ] {
                try await run("komodo-mcp", command + ["-f", format])
            }
            try await run("komodo-jobs", ["wait"] + ids + ["-f", format])
            // A line of jsonl is what json has.
            for id in format == "jsonl" ? ids.suffix(Self.sampleSize) : ids[...] {
                try await run("komodo-jobs", ["show", id, "-f", format])
                try await run("komodo-jobs", ["logs", id, "--format", format])
            }
        }
        for id in ids.suffix(Self.sampleSize) {
            // What a job has forgotten cannot be revealed.
            try await jobs("show", id, "--reveal")
            try await jobs("logs", id, "--reveal")
        }
        if let id = ids.first {
            try await jobs("logs", id, "-f")
            try await jobs("logs", id, "-f", "--format", "jsonl")
            try await jobs("retry", id, "-y")
            try await jobs("resolve", id, "--fail")
            try await jobs("cancel", id)
        }
    }

    // MARK: Files

    /// Keeps every byte of the database and of the files beside it, and the database as text.
    func searchFiles() async throws {
        let folder = (programs.database as NSString).deletingLastPathComponent
        let files = FileManager.default
        for name in try files.subpathsOfDirectory(atPath: folder) {
            // Sockets have no content.
            guard let bytes = files.contents(atPath: "\(folder)/\(name)") else { continue }
            haul.add(name, String(decoding: bytes, as: UTF8.self))
        }
        let dump = try await programs.run("sqlite3", [programs.database, ".dump"])
        #expect(dump.out.contains("INSERT INTO job "), "\(dump.err)")
        haul.add("dump", dump)
    }

    /// Another user can open none of the files, even where the folders let everybody in.
    func expectFilesAreClosedToOthers() async throws {
        guard geteuid() == 0 else { return }
        let files = FileManager.default
        let folder = (programs.database as NSString).deletingLastPathComponent
        var open = folder
        while open.hasPrefix(programs.home.path) {
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: open)
            open = (open as NSString).deletingLastPathComponent
        }
        let names = try files.subpathsOfDirectory(atPath: folder)
        #expect(names.contains("jobs.db"))
        for name in names {
            let read = try await programs.run(
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", "head", "-c1"]
                    + ["\(folder)/\(name)"])
            #expect(read.code != 0, "\(name) can be read by others")
        }
        let visible = try await programs.run(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", "ls", folder])
        // It is the modes of the files that keep others out.
        #expect(visible.out.contains("jobs.db"), "\(visible.err)")
    }
}
