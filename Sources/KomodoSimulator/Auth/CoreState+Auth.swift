extension CoreState {
    /// Who a request is from.
    ///
    /// - Throws: the reply to a request that is refused (Core's texts, 401, 429 or 500).
    mutating func authenticate(_ credentials: Credentials) throws(Reply) -> Operator {
        let now = ContinuousClock.now
        if version.isTwo, let wait = limiter.wait(for: credentials.address, now: now) {
            throw .error(429, "Too many attempts | Try again in \(AuthLimiter.text(wait))")
        }
        if credentials.authorization != nil {
            throw .error(500, "Invalid user credentials", trace: ["failed to decode jwt"])
        }
        guard let key = credentials.key else {
            throw .error(
                401,
                version.isTwo
                    ? "Invalid client credentials"
                    : "must attach either AUTHORIZATION header with jwt OR pass X-API-KEY and "
                        + "X-API-SECRET")
        }
        guard let secret = credentials.secret else {
            throw .error(500, "No X-API-SECRET header found. Missing X-API-SECRET header")
        }
        if isDatabaseDown {
            throw .error(
                401, "Failed to query db",
                trace: ["Kind: Server selection timeout: No available servers"])
        }
        if key == options.apiKey, secret == options.apiSecret { return .main }
        if key == options.colleagueKey, secret == options.colleagueSecret { return .colleague }
        guard version.isTwo else {
            throw .error(401, "failed to authenticate api key", trace: ["invalid api secret"])
        }
        let left = limiter.recordFailure(from: credentials.address, now: now)
        throw .error(401, "Invalid user credentials | You have \(left) attempts remaining")
    }
}
