package import JSON
package import Jobs
package import KomodoClient

/// Arguments written as `name=value`, which mean what the interface of Komodo says.
///
/// Which one that is may be known only when Komodo has been asked. What neither has is refused
/// before that.
package struct WrittenArguments: Sendable {
    private let pairs: [String]
    private let operation: JobOperation

    /// Checks arguments as far as they can be checked yet.
    ///
    /// - Parameter interface: the one that is set; nil when it is to be found out.
    /// - Throws: ``IntakeError`` `VALIDATION_ERROR` or `UNSUPPORTED_OPTION`.
    package init(
        _ pairs: [String], for operation: JobOperation, interface: KomodoDialect?
    ) throws(IntakeError) {
        self.pairs = pairs
        self.operation = operation
        guard interface == nil else {
            _ = try read(for: interface)
            return
        }
        do throws(IntakeError) {
            _ = try OperationArguments.parse(pairs, for: operation)
        } catch {
            guard isSigned else { throw error }
        }
    }

    /// Whether there are none.
    package var isEmpty: Bool { pairs.isEmpty }

    /// The arguments for an interface; nil while it is not known, which means what Core has.
    ///
    /// - Throws: ``IntakeError`` `VALIDATION_ERROR` or `UNSUPPORTED_OPTION`.
    package func read(for interface: KomodoDialect?) throws(IntakeError) -> JSONObject {
        switch interface {
        case .signed: return try SignedArguments.parse(pairs, for: operation)
        case .core: return try OperationArguments.parse(pairs, for: operation)
        case nil:
            do throws(IntakeError) {
                return try OperationArguments.parse(pairs, for: operation)
            } catch {
                guard isSigned else { throw error }
                throw IntakeError(
                    error.error.code,
                    "\(error.error.message) Which interface Komodo has could not be asked; set "
                        + "KOMODO_API=signed where it has the one that takes this.")
            }
        }
    }

    /// Whether the signed interface takes them.
    private var isSigned: Bool {
        // What is wrong with them does not matter.
        (try? SignedArguments.parse(pairs, for: operation)) != nil
    }
}
