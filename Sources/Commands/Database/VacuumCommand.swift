internal import ArgumentParser
private import JSON
private import JobStore

/// `komodo-mcp db vacuum`.
struct VacuumCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vacuum",
        abstract: "Write the database anew, without free room.",
        discussion: """
            Nobody else can write meanwhile, for some seconds per gigabyte, so no worker may run. It \
            is needed once, for a database that an older version has made: from then on the file \
            shrinks by itself. It takes twice the room of what is stored until it is done.
            """)

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        try await refuseWhileWorkersLive(store)
        let before = try await store.room().fileBytes
        if !yes {
            try Confirmation.ask(
                "Nobody can write to \(store.path) (\(ByteText.short(before))) meanwhile.",
                verb: "do", refusal: "Nothing done.")
            // One may have begun meanwhile.
            try await refuseWhileWorkersLive(store)
        }
        try await store.vacuum()
        let after = try await store.room().fileBytes
        Printer(output).print(
            [
                "schema": .int(JobJSON.schema), "path": .string(store.path),
                "bytes_before": .int(before), "bytes_after": .int(after),
            ], id: store.path,
            text: "\(store.path) took \(ByteText.short(before)) and takes \(ByteText.short(after))."
        )
    }

    private func refuseWhileWorkersLive(_ store: SQLiteJobStore) async throws {
        let living = try await store.workers().filter(\.liveness.isAlive)
        guard let worker = living.first?.worker else { return }
        throw CommandError(
            .failure,
            "The worker \(worker.id) (\(worker.kind.rawValue), pid \(worker.pid)) works with the "
                + "database; stop it, then try again.")
    }
}
