private import Glibc

/// Folders that are made for one command.
enum OwnFolder {
    /// Makes a new folder that only this user can open.
    ///
    /// - Parameters:
    ///   - name: what its own name begins with.
    ///   - option: the option that names another place, for people.
    static func make(
        _ name: String, in parent: String, option: String
    ) throws(CommandError) -> String {
        // The last six are replaced.
        var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandError(
                .failure,
                "No folder can be made in \(parent): \(String(cString: strerror(errno))). Name a "
                    + "place with \(option).")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
