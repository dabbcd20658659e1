internal import JSON
internal import Testing

/// What `--arg` means where Komodo is asked which interface it has.
@Suite(.timeLimit(.minutes(2))) struct RunArgumentTests {
    private static func arguments(_ outcome: Outcome, _ programs: Programs) async throws
        -> JSONValue
    {
        #expect(outcome.code == 0, "\(outcome.err)")
        let id = try #require(outcome.lines.first)
        return try await programs.jobs("show", id, "-f", "json").json?["arguments"] ?? .null
    }

    @Test func aCoreTakesItsOwnArguments() async throws {
        try await SimulatedKomodo.with("--api", "core", settings: ["KOMODO_WORKER": "external"]) {
            komodo in
            let programs = komodo.programs
            let foreign = try await programs.jobs(
                "run", "deploy", "web", "--arg", "skipPull=true")
            #expect(foreign.code != 0 && foreign.err.contains("skipPull"), "\(foreign.err)")
            #expect(try await programs.jobs("list", "-q").lines.isEmpty)
            let own = try await programs.jobs(
                "run", "deploy", "web", "--arg", "stop_time=5", "-q")
            #expect(try await Self.arguments(own, programs) == ["stop_time": 5])
        }
    }

    @Test func theSignedInterfaceTakesItsOptions() async throws {
        try await SimulatedKomodo.with("--api", "signed", settings: ["KOMODO_WORKER": "external"]) {
            komodo in
            let programs = komodo.programs
            let foreign = try await programs.jobs(
                "run", "deploy", "web", "--arg", "stop_time=5")
            #expect(foreign.code != 0, "\(foreign.out)")
            #expect(foreign.err.contains("signed interface"), "\(foreign.err)")
            #expect(try await programs.jobs("list", "-q").lines.isEmpty)
            let own = try await programs.jobs(
                "run", "deploy", "web", "--arg", "skipPull=true", "-q")
            #expect(try await Self.arguments(own, programs) == ["options": ["skipPull": true]])
        }
    }

    @Test func withoutKomodoOnlyArgumentsOfCoreAreTaken() async throws {
        let programs = try Programs.unreachable()
        let foreign = try await programs.jobs("run", "deploy", "web", "--arg", "skipPull=true")
        #expect(foreign.code != 0)
        #expect(foreign.err.contains("KOMODO_API=signed"), "\(foreign.err)")
        let unknown = try await programs.jobs("run", "deploy", "web", "--arg", "colour=red")
        #expect(unknown.code != 0 && unknown.err.contains("colour"), "\(unknown.err)")
        #expect(!unknown.err.contains("KOMODO_API"), "\(unknown.err)")
        #expect(try await programs.jobs("list", "-q").lines.isEmpty)
        let own = try await programs.jobs("run", "deploy", "web", "--arg", "stop_time=5", "-q")
        #expect(try await Self.arguments(own, programs) == ["stop_time": 5])
    }
}
