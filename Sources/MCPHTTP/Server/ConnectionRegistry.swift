private import Synchronization

/// The open connections, so that a shutdown can end them.
final class ConnectionRegistry: Sendable {
    private let connections = Mutex<[ObjectIdentifier: Connection]>([:])

    /// Remembers a connection until it closes.
    func add(_ connection: Connection) {
        let key = ObjectIdentifier(connection)
        connections.withLock { $0[key] = connection }
        connection.onceClosed { [weak self] in
            _ = self?.connections.withLock { $0.removeValue(forKey: key) }
        }
    }

    /// Closes those at once that `isMeant` names.
    func close(where isMeant: (Connection) -> Bool) {
        for connection in connections.withLock({ Array($0.values) }) where isMeant(connection) {
            connection.close()
        }
    }

    /// How many connections are open.
    var count: Int { connections.withLock { $0.count } }
}
