package import JSON

/// Where a simulator listens, and who may call it.
package struct SimulatorAddress: Sendable, Hashable {
    /// The base URL without a slash at its end, for example `http://127.0.0.1:41234`.
    package let url: String
    /// The port in use.
    package let port: Int
    /// The operator's key.
    package let apiKey: String
    /// The operator's secret.
    package let apiSecret: String
    /// The id of the operator's user, as found in `operator` of an update.
    package let operatorID: String
    /// The version of Core that is played.
    package let version: String

    /// One object with `url`, `port`, `api_key`, `api_secret`, `operator_id` and `version`.
    package var json: JSONValue {
        [
            "url": .string(url), "port": .int(port), "api_key": .string(apiKey),
            "api_secret": .string(apiSecret), "operator_id": .string(operatorID),
            "version": .string(version),
        ]
    }
}
