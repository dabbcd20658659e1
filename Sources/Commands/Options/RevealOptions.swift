internal import ArgumentParser
internal import Glibc

/// `--reveal`, which lets stored values through as they are.
struct RevealOptions: ParsableArguments {
    @Flag(help: "Show values as stored; only the owner of the database file may.")
    var reveal = false

    /// Lifts the mask from this process's output when that was asked for and is allowed.
    ///
    /// - Parameter path: the database.
    /// - Throws: ``CommandError`` for anybody but the file's owner and root.
    func apply(to path: String) throws(CommandError) {
        guard reveal else { return }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw CommandError(.failure, "The owner of \(path) cannot be told.")
        }
        if let refusal = Self.refusal(path, owner: facts.st_uid, user: geteuid()) { throw refusal }
        OutputMask.lift()
    }

    /// Why a user may not see what is in the file of `owner`; nil when the user may.
    static func refusal(_ path: String, owner: uid_t, user: uid_t) -> CommandError? {
        guard user != owner, user != 0 else { return nil }
        return CommandError(
            .failure,
            "--reveal is for the owner of the database file \(path), who is \(name(owner)), and for "
                + "root; you are \(name(user)).", code: "FORBIDDEN")
    }

    private static func name(_ user: uid_t) -> String {
        guard let entry = getpwuid(user) else { return "user \(user)" }
        return String(cString: entry.pointee.pw_name)
    }
}
