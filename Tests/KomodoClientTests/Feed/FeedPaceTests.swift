import Testing

@testable import KomodoClient

/// When the websocket may be opened again.
@Suite(.timeLimit(.minutes(2)))
struct FeedPaceTests {
    /// The waits after so many losses in a row.
    private func waits(
        _ pace: inout FeedPace, _ losses: [(FeedPace.Loss, Duration?)], random: UInt64 = 0
    ) -> [Duration] {
        losses.enumerated().map { number, loss in
            let now = Duration.seconds(1_000 * number)
            pace.ended(loss.0, lasted: loss.1, at: now, random: random)
            return pace.wait(at: now)
        }
    }

    @Test
    func theWaitDoublesUpToAMinute() {
        var pace = FeedPace()
        #expect(pace.wait(at: .zero) == .zero)
        let waits = waits(&pace, (1...7).map { _ in (.broken, nil) })
        #expect(waits == [5, 10, 20, 40, 60, 60, 60].map { .seconds($0) })
    }

    @Test
    func aConnectionThatLastedBeginsTheWaitsAnew() {
        var pace = FeedPace()
        let waits = waits(
            &pace,
            [
                (.broken, nil), (.broken, nil), (.broken, .seconds(59)), (.broken, .seconds(60)),
                (.broken, nil),
            ])
        #expect(waits == [5, 10, 20, 5, 10].map { .seconds($0) })
    }

    @Test
    func whatIsRefusedOrAbsentIsNotTriedForMinutes() {
        var pace = FeedPace()
        let waits = waits(&pace, [(.refused, nil), (.absent, nil), (.broken, nil)])
        #expect(waits == [300, 600, 5].map { .seconds($0) })
    }

    @Test
    func whatIsAbsentWhereItWasHeardIsTriedOnceMore() {
        var pace = FeedPace()
        let waits = waits(
            &pace,
            [(.broken, .seconds(90)), (.absent, nil), (.absent, nil), (.broken, .seconds(1))])
        #expect(waits == [5, 10, 600, 10].map { .seconds($0) })
    }

    @Test
    func patienceIsObeyedAndNeverShorterThanTheWait() {
        var pace = FeedPace()
        let waits = waits(
            &pace,
            [
                (.throttled(.seconds(90)), nil), (.throttled(.seconds(1)), nil),
                (.left, .seconds(5)),
            ])
        #expect(waits == [90, 10, 5].map { .seconds($0) })
    }

    @Test
    func theWaitIsLongerByAQuarterAtMostAndPasses() {
        var pace = FeedPace()
        pace.ended(.broken, lasted: nil, at: .zero, random: .max)
        #expect(pace.wait(at: .zero) > .seconds(6.2) && pace.wait(at: .zero) <= .seconds(6.25))
        #expect(pace.wait(at: .seconds(5)) > .seconds(1.2))
        #expect(pace.wait(at: .seconds(7)) == .zero)
    }
}

/// Where the websocket is.
@Suite(.timeLimit(.minutes(2)))
struct FeedAddressTests {
    @Test(
        arguments: [
            ("http://komodo", "komodo", 80, false, "komodo", "/ws/update"),
            ("https://komodo.example", "komodo.example", 443, true, "komodo.example", "/ws/update"),
            ("http://10.0.0.1:9120", "10.0.0.1", 9_120, false, "10.0.0.1:9120", "/ws/update"),
            ("https://[::1]:8443/a/b", "::1", 8_443, true, "[::1]:8443", "/a/b/ws/update"),
            ("http://[fe80::1]", "fe80::1", 80, false, "[fe80::1]", "/ws/update"),
        ] as [(String, String, Int, Bool, String, String)])
    func itIsBelowTheAddressOfKomodo(
        _ url: String, host: String, port: Int, isSecure: Bool, authority: String, target: String
    ) throws {
        let address = try #require(FeedAddress(url))
        #expect(address.host == host && address.port == port && address.isSecure == isSecure)
        #expect(address.authority == authority && address.target == target)
    }

    @Test(arguments: ["", "komodo", "ftp://komodo", "http://", "http://komodo:x", "http://k:0"])
    func otherTextsAreNoAddresses(_ url: String) {
        #expect(FeedAddress(url) == nil)
    }
}
