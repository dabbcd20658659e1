internal import JSON
internal import MCP

/// What the work of a task sees of it.
struct TaskDesk: Sendable {
    private let id: String
    private let board: TaskBoard

    init(_ id: String, on board: TaskBoard) {
        self.id = id
        self.board = board
    }

    /// Puts requests to the client, and waits until each is answered.
    ///
    /// - Throws: `CancellationError` when the task ends without the answers.
    func ask(_ requests: [String: ClientRequest]) async throws -> [String: JSONValue] {
        let changes = board.changes(of: id)
        board.put(requests, to: id)
        for await _ in changes {
            if let answers = board.answers(of: id, for: requests.keys.sorted()) { return answers }
        }
        throw CancellationError()
    }
}
