internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// Databases that cannot be used: one sentence that says what to do, exit 1, the file untouched.
@Suite(.timeLimit(.minutes(2))) struct BadDatabaseTests {
    private static let commands = [
        ["list"], ["stats"], ["run", "deploy", "web"], ["watch"], ["show", "abcdef"],
    ]

    @Test func readingWhereThereIsNoDatabaseMakesNone() async throws {
        let programs = try Programs.unreachable()
        for command in Self.commands where command[0] != "run" {
            try await expectRefusal(programs, command, naming: programs.database)
        }
        #expect(!FileManager.default.fileExists(atPath: programs.home.path + "/.local"))
    }

    @Test(arguments: [nil, "XDG_STATE_HOME", "STATE_DIRECTORY"])
    func theFolderOfTheDefaultPlaceIsMade(variable: String?) async throws {
        var programs = try Programs.unreachable()
        if let variable { programs.settings[variable] = programs.home.file("far/state") }
        let run = try await programs.jobs("run", "deploy", "web")
        #expect(run.code == 0, "\(run.err)")
        #expect(try await programs.jobs("list", "-q").lines.count == 1)
    }

    @Test func aMissingFolderIsNotMade() async throws {
        let programs = try Programs.unreachable()
        let path = programs.home.file("none/jobs.db")
        for command in Self.commands {
            try await expectRefusal(programs, command + ["--db", path], naming: "none")
        }
        #expect(!FileManager.default.fileExists(atPath: programs.home.file("none")))
    }

    @Test func aCorruptFileIsLeftAlone() async throws {
        let programs = try Programs.unreachable()
        let path = programs.home.file("jobs.db")
        let bytes = Data((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        try bytes.write(to: URL(filePath: path))
        for command in Self.commands {
            try await expectRefusal(programs, command + ["--db", path], naming: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test func aDamagedDatabaseIsReported() async throws {
        let programs = try Programs.unreachable()
        let path = try await madeDatabase(programs)
        var bytes = try Data(contentsOf: URL(filePath: path))
        for index in stride(from: 4_096, to: bytes.count, by: 1) { bytes[index] = 0xA5 }
        try bytes.write(to: URL(filePath: path))
        for command in Self.commands {
            try await expectRefusal(programs, command + ["--db", path], naming: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test func aNewerDatabaseIsLeftAlone() async throws {
        let programs = try Programs.unreachable()
        let path = try await madeDatabase(programs)
        try await sqlite(
            path,
            """
            INSERT INTO schema_migration VALUES ('9999_from_the_future', 'x', 0);
            PRAGMA wal_checkpoint(TRUNCATE);
            """)
        let bytes = try Data(contentsOf: URL(filePath: path))
        for command in Self.commands {
            try await expectRefusal(programs, command + ["--db", path], naming: "newer version")
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() async throws {
        let programs = try Programs.unreachable()
        let path = programs.home.file("other.db")
        try await sqlite(path, "CREATE TABLE recipe (name TEXT);")
        let bytes = try Data(contentsOf: URL(filePath: path))
        for command in Self.commands {
            try await expectRefusal(programs, command + ["--db", path], naming: "another program")
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test func aFileThatMayNotBeWrittenIsReported() async throws {
        // Nothing is forbidden to root; the read-only file system below is for it.
        guard geteuid() != 0 else { return }
        let programs = try Programs.unreachable()
        let path = try await madeDatabase(programs)
        chmod(path, 0o400)
        try await expectRefusal(programs, ["run", "deploy", "web", "--db", path], naming: path)
    }

    @Test(.enabled(if: FileSystem.canMount, "needs the right to mount"))
    func aReadOnlyFileSystemIsReported() async throws {
        let programs = try Programs.unreachable()
        try await FileSystem.with(size: "8m", at: programs.home.file("mount")) { folder in
            let path = folder + "/jobs.db"
            #expect(try await programs.mcp("db", "migrate", "--db", path).code == 0)
            #expect(
                try await programs.jobs("run", "deploy", "web", "--db", path).code == 0)
            try await FileSystem.remountReadOnly(folder)
            let bytes = try Data(contentsOf: URL(filePath: path))
            try await expectRefusal(programs, ["run", "deploy", "web", "--db", path], naming: path)
            try await expectLooks(programs, at: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        }
    }

    @Test(.enabled(if: FileSystem.canMount, "needs the right to mount"))
    func aFullDiskIsReported() async throws {
        let programs = try Programs.unreachable()
        try await FileSystem.with(size: "1m", at: programs.home.file("mount")) { folder in
            let path = folder + "/jobs.db"
            #expect(try await programs.mcp("db", "migrate", "--db", path).code == 0)
            try FileSystem.fill(folder)
            let bytes = try Data(contentsOf: URL(filePath: path))
            try await expectRefusal(
                programs, ["run", "deploy", "web", "--db", path], naming: "full")
            try await expectLooks(programs, at: path)
            #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
            try FileManager.default.removeItem(atPath: folder + "/ballast")
            #expect(try await programs.jobs("run", "deploy", "web", "--db", path).code == 0)
            let list = try await programs.jobs("list", "-f", "json", "--db", path)
            #expect(list.json?["items"]?.array?.count == 1)
        }
    }

    /// Expects that jobs can be looked at, though nothing can be written.
    private func expectLooks(_ programs: Programs, at path: String) async throws {
        for command in [["list"], ["stats"], ["workers"], ["budget"]] {
            let look = try await programs.run("komodo-jobs", command + ["--db", path])
            #expect(look.code == 0, "\(command): \(look.err)")
        }
        let status = try await programs.mcp("db", "status", "--db", path)
        #expect(status.code == 0, "\(status.err)")
    }

    private func madeDatabase(_ programs: Programs) async throws -> String {
        let path = programs.home.file("made.db")
        #expect(try await programs.mcp("db", "migrate", "--db", path).code == 0)
        try await sqlite(path, "PRAGMA wal_checkpoint(TRUNCATE);")
        return path
    }

    private func sqlite(_ path: String, _ sql: String) async throws {
        let result = try await Subprocess.run(
            .name("sqlite3"), arguments: [path, sql], output: .discarded, error: .discarded)
        #expect(result.terminationStatus.isSuccess)
    }

    /// Expects one sentence, for people and for programs.
    private func expectRefusal(
        _ programs: Programs, _ arguments: [String], naming word: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let text = try await programs.run("komodo-jobs", arguments)
        #expect(text.code == 1, "\(arguments): \(text.err)", sourceLocation: location)
        #expect(text.out.isEmpty, sourceLocation: location)
        let lines = text.err.split(separator: "\n")
        #expect(lines.count == 1, "\(arguments): \(text.err)", sourceLocation: location)
        #expect(text.err.contains(word), "\(arguments): \(text.err)", sourceLocation: location)
        let json = try await programs.run("komodo-jobs", arguments + ["--format", "json"])
        #expect(json.code == 1, sourceLocation: location)
        #expect(
            json.errorJSON?["error"]?["code"]?.string == "DATABASE_ERROR", "\(json.err)",
            sourceLocation: location)
    }
}

/// Small file systems in memory, for tests that run as root.
private enum FileSystem {
    static let canMount: Bool = {
        guard geteuid() == 0 else { return false }
        let folder = NSTemporaryDirectory() + "komodo-mount-" + UUID().uuidString
        guard mkdir(folder, 0o700) == 0 else { return false }
        defer { rmdir(folder) }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount2(folder, Int32(MNT_DETACH)) == 0
    }()

    static func with(
        size: String, at folder: String, _ body: (String) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try #require(mount("tmpfs", folder, "tmpfs", 0, "size=\(size)") == 0)
        defer { umount2(folder, Int32(MNT_DETACH)) }
        try await body(folder)
    }

    static func remountReadOnly(_ folder: String) async throws {
        let flags = UInt(MS_REMOUNT) | UInt(MS_RDONLY)
        // A command that just ended may still have its files open.
        #expect(
            try await eventually { mount("tmpfs", folder, "tmpfs", flags, nil) == 0 })
    }

    /// Fills what is left.
    static func fill(_ folder: String) throws {
        #expect(FileManager.default.createFile(atPath: folder + "/ballast", contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: folder + "/ballast"))
        defer { try? file.close() }
        for size in [4_096, 1] {
            while (try? file.write(contentsOf: Data(count: size))) != nil {}
        }
    }
}
