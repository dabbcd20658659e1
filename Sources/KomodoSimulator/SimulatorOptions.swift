/// How a simulated Komodo Core behaves; every value has a default.
package struct SimulatorOptions: Sendable {
    /// The port to listen on; 0 lets the system choose, see ``SimulatorAddress``.
    package var port = 0
    /// The address to bind.
    package var host = "127.0.0.1"
    /// The version of Core to play: 1.19.x, 2.0–2.2 or 2.3 and later differ in behaviour.
    package var version = "2.3.2"
    /// The key that the operator sends as `X-Api-Key`.
    package var apiKey = "K_3f9aSimulatorOperatorKey7c21_K"
    /// The secret that the operator sends as `X-Api-Secret`.
    package var apiSecret = "S_b84eSimulatorOperatorSecret0d55_S"
    /// The key of a second user, for work that is not the operator's own.
    package var colleagueKey = "K_77d0SimulatorColleagueKey41aa_K"
    /// The secret of the second user.
    package var colleagueSecret = "S_1c9bSimulatorColleagueSecret93fe_S"
    /// Multiplies the duration of every operation; tests use about 0.01.
    package var timeScale: Double = 1
    /// Makes durations and chance repeatable.
    package var seed: UInt64 = 1
    /// The faults in force from the beginning.
    package var faults = FaultScript()
    /// Additional deployments named `app-0001`, `app-0002` …, at most ``extraDeploymentsMax``.
    package var extraDeployments = 0
    /// Additional resolved alerts, at most ``extraAlertsMax``.
    package var extraAlerts = 0
    /// What Core's clock is ahead of this machine's, seen in `Date` and in every timestamp.
    package var clockOffset: Duration = .zero
    /// Failed logins per address that trip the limiter (2.0 and later).
    package var authAttemptsMax = 5
    /// The sliding window of the limiter.
    package var authWindow: Duration = .seconds(15)
    /// Which of the two interfaces answers.
    package var api = SimulatedAPI.core
    /// How the signed interface writes its answers.
    package var signedStyle = SignedStyle()
    /// Requests of the signed interface that are answered within any minute; nil for no limit.
    package var signedRequestsPerMinute: Int?
    /// Whether answers have marked secrets wherever Core shows some; see ``ControlRoutes``.
    package var hasCanaries = false
    /// Updates that are kept; the oldest go first.
    package var updatesMax = 200_000

    /// The most additional deployments that are created.
    package static let extraDeploymentsMax = 100_000
    /// The most additional alerts that are created.
    package static let extraAlertsMax = 10_000

    /// Options with every value at its default.
    package init() {}

    /// Default options with the faults of a JSON text, for `--faults FILE`.
    ///
    /// - Parameter text: the contents of the file; ``FaultScript`` has its shape.
    /// - Throws: ``FaultScriptError`` naming the place that is wrong.
    package init(parsingFaultFile text: String) throws(FaultScriptError) {
        faults = try FaultScript(parsing: text)
    }
}
