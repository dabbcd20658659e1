import Glibc
import Testing

/// A connection beside the store's own, for what the store has no call for.
///
/// The functions are looked up in the library that the program is linked with anyway.
final class RawDatabase {
    private let handle: OpaquePointer
    private let library = Library()

    /// What a statement gave, and what that cost.
    struct Outcome {
        var rows: [[String]] = []
        /// Instructions of SQLite's virtual machine.
        var steps = 0
    }

    init(path: String) throws {
        var handle: OpaquePointer?
        let code = library.open(path, &handle)
        self.handle = try #require(code == 0 ? handle : nil)
    }

    deinit { _ = library.close(handle) }

    /// Runs a statement with all its rows.
    @discardableResult
    func run(_ sql: String) throws -> Outcome {
        var prepared: OpaquePointer?
        let code = library.prepare(handle, sql, -1, &prepared, nil)
        let statement = try #require(code == 0 ? prepared : nil, "\(message): \(sql)")
        defer { _ = library.finalize(statement) }
        var outcome = Outcome()
        var step = library.step(statement)
        while step == Self.row {
            outcome.rows.append(
                (0..<library.columns(statement)).map { column in
                    library.text(statement, column).map { String(cString: $0) } ?? ""
                })
            step = library.step(statement)
        }
        try #require(step == Self.done, "\(message): \(sql)")
        outcome.steps = Int(library.status(statement, Self.vmSteps, 0))
        return outcome
    }

    private var message: String { library.message(handle).map { String(cString: $0) } ?? "" }

    private static let row: Int32 = 100
    private static let done: Int32 = 101
    private static let vmSteps: Int32 = 4

    /// The functions of SQLite that are used here.
    private struct Library {
        typealias Text = UnsafePointer<CChar>
        let open =
            Library.function("sqlite3_open")
            as @convention(c) (Text, UnsafeMutablePointer<OpaquePointer?>) -> Int32
        let close = Library.function("sqlite3_close") as @convention(c) (OpaquePointer) -> Int32
        let prepare =
            Library.function("sqlite3_prepare_v2")
            as @convention(c) (
                OpaquePointer, Text, Int32, UnsafeMutablePointer<OpaquePointer?>,
                UnsafeMutablePointer<Text?>?
            ) -> Int32
        let step = Library.function("sqlite3_step") as @convention(c) (OpaquePointer) -> Int32
        let finalize =
            Library.function("sqlite3_finalize") as @convention(c) (OpaquePointer) -> Int32
        let columns =
            Library.function("sqlite3_column_count") as @convention(c) (OpaquePointer) -> Int32
        let text =
            Library.function("sqlite3_column_text")
            as @convention(c) (OpaquePointer, Int32) -> Text?
        let status =
            Library.function("sqlite3_stmt_status")
            as @convention(c) (OpaquePointer, Int32, Int32) -> Int32
        let message = Library.function("sqlite3_errmsg") as @convention(c) (OpaquePointer) -> Text?

        private static func function<Function>(_ name: String) -> Function {
            guard let address = dlsym(nil, name) else {
                preconditionFailure("the store is linked with SQLite, which has \(name)")
            }
            return unsafeBitCast(address, to: Function.self)
        }
    }
}
