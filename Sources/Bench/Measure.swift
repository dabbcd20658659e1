/// One thing that can be measured.
package protocol Measure: Sendable {
    /// The word that asks for it, in kebab case.
    var name: String { get }
    /// One line for people.
    var summary: String { get }

    /// Measures it.
    ///
    /// Looks for cancellation between its parts; programs that it started are ended by its caller.
    ///
    /// - Throws: ``BenchError``, an error of the store, or `CancellationError`.
    func figures(at site: Site) async throws -> [Figure]
}

/// All measures, in the order in which they are taken.
package enum Measures {
    package static let all: [any Measure] =
        StoreRate.allCases + [
            PickUp(), Recovery(), Contention(), Idle(), Following(), History(), Budget(),
            LogGrowth(), ListCommand(),
        ]

    /// The measure of that name.
    package static func named(_ name: String) -> (any Measure)? { all.first { $0.name == name } }
}
