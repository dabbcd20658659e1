private import CKomodo
@preconcurrency private import Dispatch
private import Glibc
private import Synchronization

/// Wakes its owner when another connection, in this process or in any other, changes the database.
///
/// Rings are hints that may be lost or come for nothing; who waits also looks at least once a second.
package final class ChangeListener: Sendable {
    private let path: String
    private let source: any DispatchSourceRead
    private let bell: AsyncStream<Void>.Continuation
    /// One element per burst of rings.
    package let rings: AsyncStream<Void>

    /// Starts listening under a name that is unique among processes.
    ///
    /// - Throws: ``StoreError`` when the folder takes no sockets; callers then rely on their tick.
    package init(folder: StateFolder, name: String) throws(StoreError) {
        path = folder.bell(name)
        let descriptor = socket(
            AF_UNIX, datagramSocketType, 0)
        let folderDescriptor = komodo_open_folder(folder.path)
        defer { if folderDescriptor >= 0 { Glibc.close(folderDescriptor) } }
        unlink(path)
        let address = StateFolder.address(path, folderDescriptor: folderDescriptor)
        let bound = withSocketAddress(address) { bind(descriptor, $0, $1) }
        guard descriptor >= 0, bound == 0 else {
            if descriptor >= 0 { Glibc.close(descriptor) }
            throw StoreError(.notPermitted, "No doorbell can be made in \(folder.path).")
        }
        // Processes of the database's group ring too; the folder keeps everybody else out.
        chmod(path, 0o660)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        rings = stream
        bell = continuation
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: .global(qos: .userInitiated))
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 64)
            while recv(descriptor, &buffer, buffer.count, 0) >= 0 {}
            continuation.yield()
        }
        source.setCancelHandler { Glibc.close(descriptor) }
        source.activate()
    }

    /// Rings its own bell, for example because a timer fired.
    package func ring() { bell.yield() }

    deinit {
        unlink(path)
        source.cancel()
        bell.finish()
    }
}
