#if canImport(Glibc)
    import Glibc
#endif

/// The files beside these tests.
enum TestFile {
    /// The path of a file, from the folder of these tests.
    static func path(_ name: String) -> String {
        let folder = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(2).joined(separator: "/")
        return "\(folder)/\(name)"
    }

    /// The text of a file; nil when it cannot be read.
    static func text(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
