internal import Synchronization

@testable import MCPHTTP

/// Tokens that a test adds and removes.
final class TestTokens: TokenSource {
    private struct State {
        var entries: [String: TokenRegistry.Entry] = [:]
        var isReadable = true
    }

    private struct Unreadable: Error {}

    private let state = Mutex(State())

    /// Tokens that are named and written alike.
    init(_ names: [String] = []) { for name in names { add(name, name) } }

    func currentTokens() async throws -> TokenRegistry {
        let (entries, isReadable) = state.withLock { ($0.entries, $0.isReadable) }
        guard isReadable else { throw Unreadable() }
        return try TokenRegistry(Array(entries.values))
    }

    /// Adds a token, or puts it in the place of the one of that name.
    func add(_ name: String, _ token: String) {
        let entry = TokenRegistry.Entry(
            name: name, hash: TokenRegistry.hash(of: token), scopes: [])
        state.withLock { $0.entries[name] = entry }
    }

    func remove(_ name: String) { state.withLock { $0.entries[name] = nil } }

    func setReadable(_ isReadable: Bool) { state.withLock { $0.isReadable = isReadable } }
}
