/// Waits until `condition` holds, looking often, for at most `limit`.
///
/// - Returns: whether it came to hold in time.
package func eventually(
    within limit: Duration = .seconds(60), every pause: Duration = .milliseconds(10),
    _ condition: () async throws -> Bool
) async throws -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if try await condition() { return true }
        try await clock.sleep(for: pause)
    }
    return try await condition()
}
