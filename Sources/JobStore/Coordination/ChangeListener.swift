private import CKomodo
@preconcurrency private import Dispatch
private import Glibc
private import Synchronization

/// Wakes its owner when another connection, in this process or in any other, changes the database.
///
/// Rings are hints that may be lost or come for nothing; who waits also looks at least once a second.
package final class ChangeListener: Sendable {
    private let folder: StateFolder
    private let path: String
    private let socket: Mutex<BoundSocket>
    private let bell: AsyncStream<Void>.Continuation
    /// One element per burst of rings.
    package let rings: AsyncStream<Void>

    /// Starts listening under a name that is unique among processes.
    ///
    /// - Throws: ``StoreError`` when the folder takes no sockets; callers then rely on their tick.
    package init(folder: StateFolder, name: String) throws(StoreError) {
        self.folder = folder
        folder.restore()
        path = folder.bell(name)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        rings = stream
        bell = continuation
        socket = Mutex(try BoundSocket(path, in: folder) { continuation.yield() })
    }

    /// Rings its own bell, for example because a timer fired.
    package func ring() { bell.yield() }

    /// Makes its socket again, and the folder, when somebody has removed them.
    package func keepInPlace() {
        socket.withLock { socket in
            guard socket.identity?.hasLeft(path) ?? true else { return }
            folder.restore()
            let bell = bell
            // While there is none, those who wait look once a second.
            guard let new = try? BoundSocket(path, in: folder, { bell.yield() }) else { return }
            socket.close()
            socket = new
        }
    }

    deinit {
        unlink(path)
        socket.withLock { $0.close() }
        bell.finish()
    }
}

/// A socket that has a name and tells of each datagram.
private struct BoundSocket: Sendable {
    /// The name's own file.
    let identity: FileIdentity?
    private let source: any DispatchSourceRead

    init(
        _ path: String, in folder: StateFolder, _ rung: @escaping @Sendable () -> Void
    ) throws(StoreError) {
        let descriptor = try Self.bound(path, in: folder)
        // Processes of the database's group ring too; the folder keeps everybody else out.
        chmod(path, 0o660)
        identity = FileIdentity(path)
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: .global(qos: .userInitiated))
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 64)
            while recv(descriptor, &buffer, buffer.count, 0) >= 0 {}
            rung()
        }
        source.setCancelHandler { Glibc.close(descriptor) }
        source.activate()
    }

    func close() { source.cancel() }

    private static func bound(
        _ path: String, in folder: StateFolder
    ) throws(StoreError) -> Int32 {
        let failure = "no doorbell can be made in \(folder.path)"
        let descriptor = socket(AF_UNIX, datagramSocketType, 0)
        guard descriptor >= 0 else { throw SystemFault.last.error(folder.path, failure) }
        let folderDescriptor = komodo_open_folder(folder.path)
        defer { if folderDescriptor >= 0 { Glibc.close(folderDescriptor) } }
        unlink(path)
        let address = StateFolder.address(path, folderDescriptor: folderDescriptor)
        guard withSocketAddress(address, { bind(descriptor, $0, $1) }) == 0 else {
            let fault = SystemFault.last
            Glibc.close(descriptor)
            throw fault.error(folder.path, failure)
        }
        return descriptor
    }
}
