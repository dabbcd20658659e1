private import CKomodo
internal import Glibc

/// Rings everybody who waits for changes of the database: one empty datagram each, never blocking.
struct Doorbells: Sendable {
    private let folder: StateFolder
    private let list: BellList

    init(folder: StateFolder) {
        self.folder = folder
        list = BellList(folder: folder)
    }

    /// Wakes all listeners; a lost ring is made good by their tick.
    func ring() {
        let bells = list.bells()
        guard !bells.isEmpty else { return }
        let descriptor = socket(AF_UNIX, datagramSocketType, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let folderDescriptor = komodo_open_folder(folder.path)
        defer { if folderDescriptor >= 0 { close(folderDescriptor) } }
        for bell in bells {
            let address = StateFolder.address(bell, folderDescriptor: folderDescriptor)
            let sent = withSocketAddress(address) { pointer, length in
                var byte: UInt8 = 1
                return sendto(
                    descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL),
                    pointer, length)
            }
            // Its listener was killed; nobody else can bind the same name.
            if sent < 0, errno == ECONNREFUSED { unlink(bell) }
        }
    }
}

/// A datagram socket that children do not inherit and that never blocks.
let datagramSocketType =
    Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

/// Calls `body` with `path` as a Unix socket address.
func withSocketAddress<Result>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path) - 1
    withUnsafeMutableBytes(of: &address.sun_path) { buffer in
        for (offset, byte) in path.utf8.prefix(capacity).enumerated() { buffer[offset] = byte }
    }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
