internal import Glibc

/// A small text file that settings are read from.
struct SettingsFile: Sendable {
    /// Why a file could not be read.
    enum Fault: Error, Hashable {
        case missing, directory
        case other(String)

        /// The reason as a clause.
        var reason: String {
            switch self {
            case .missing: "there is no such file"
            case .directory: "it is a directory"
            case .other(let reason): reason
            }
        }
    }

    static let bytesMax = 1 << 20

    let path: String
    let text: String
    /// Whether users other than its owner and group may read it.
    let isReadableByOthers: Bool

    /// Reads all of the file at `path`, at most ``bytesMax`` bytes of UTF-8.
    init(path: String) throws(Fault) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Fault(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .directory }
        isReadableByOthers = status.st_mode & S_IROTH != 0
        guard let text = String(validating: try Self.readAll(descriptor), as: UTF8.self) else {
            throw .other("it is not UTF-8")
        }
        self.text = text
    }

    private static func readAll(_ descriptor: CInt) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= bytesMax {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if errno != EINTR {
                throw Fault(errno)
            }
        }
        throw .other("it is larger than 1 MiB")
    }
}

extension SettingsFile.Fault {
    /// The fault that the number of a system call's error means.
    init(_ code: CInt) {
        switch code {
        case ENOENT, ENOTDIR: self = .missing
        case EACCES: self = .other("this user may not read it")
        default: self = .other(String(cString: strerror(code)))
        }
    }
}
