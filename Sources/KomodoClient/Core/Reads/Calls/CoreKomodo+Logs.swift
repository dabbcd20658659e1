internal import JSON
internal import Jobs

extension CoreKomodo {
    package func log(_ query: ContainerLogQuery) async throws(KomodoError) -> ContainerLog {
        guard (1...ContainerLogQuery.linesMax).contains(query.tail) else {
            throw KomodoError(
                .invalid, "A log is read from 1 to \(ContainerLogQuery.linesMax) lines.")
        }
        let target: Target
        switch query.source {
        case .deployment(let name): target = try await resolve(.deployment, name, for: .read)
        case .stack(let name, let services):
            for service in services { try Self.checkDockerName(service, "service") }
            target = try await resolve(.stack, name, for: .read)
        case .container(let container, let server):
            try Self.checkDockerName(container, "container")
            target = try await resolve(.server, server, for: .read)
        }
        return try await fetchLog(query, of: try Self.id(of: target))
    }

    /// Reads the log of a resolved target.
    func fetchLog(
        _ query: ContainerLogQuery, of id: String
    ) async throws(KomodoError) -> ContainerLog {
        let answer = try await json(requests.log(query, of: id), for: .read)
        guard let stdout = answer["stdout"]?.string, let stderr = answer["stderr"]?.string else {
            throw KomodoError(.malformed, "Komodo's log cannot be read.")
        }
        let success = answer["success"]?.bool ?? true
        guard let grep = query.searchedText else {
            return ContainerLog(stdout: stdout, stderr: stderr, isComplete: success)
        }
        // Core searches as far back as it reads, for an expression that matches more than the text.
        let lines = stdout.split(whereSeparator: \.isNewline)
        let matching = lines.filter { $0.contains(grep) }
        let shown = matching.suffix(query.tail)
        let found = shown.joined(separator: "\n") + (shown.isEmpty ? "" : "\n")
        // A search without a match fails without a word.
        let isQuiet = stdout.isEmpty && stderr.isEmpty
        return ContainerLog(
            stdout: found, stderr: stderr, isComplete: success || isQuiet,
            search: .init(fetched: lines.count, matched: matching.count))
    }

    /// Refuses what cannot be the name of a container or a service.
    private static func checkDockerName(_ name: String, _ word: String) throws(KomodoError) {
        guard DockerName.isValid(name) else {
            throw KomodoError(
                .invalid,
                "'\(Quote.word(name))' is not the name of a \(word): it may have "
                    + "\(DockerName.expectation).")
        }
    }
}
