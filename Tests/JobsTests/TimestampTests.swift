import Jobs
import Testing

/// Moments as text.
@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (1_767_225_600_000, "2026-01-01T00:00:00Z"),
        (1_769_437_800_999, "2026-01-26T14:30:00Z"), (951_782_399_000, "2000-02-28T23:59:59Z"),
        (951_782_400_000, "2000-02-29T00:00:00Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        (-1_000, "1969-12-31T23:59:59Z"),
    ])
    func momentsAreISOInUTC(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601Seconds == text)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_769_437_800_999, "2026-01-26T14:30:00.999Z"),
        (951_782_400_007, "2000-02-29T00:00:00.007Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_772_366_400_250, "2026-03-01T12:00:00.250Z"),
    ])
    func momentsAreISOInUTCWithMilliseconds(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    }
}
