internal import Jobs
internal import Testing

@testable internal import Commands

@Suite struct TimeTextTests {
    @Test(arguments: [
        (0, "0ms"), (999, "999ms"), (1_000, "1.0s"), (9_949, "9.9s"), (9_960, "10s"),
        (59_400, "59s"), (59_600, "1m"), (65_000, "1m 5s"), (3_600_000, "1h"),
        (5_400_000, "1h 30m"), (86_400_000, "1d"), (93_600_000, "1d 2h"), (-5, "0ms"),
    ])
    func durationsHaveAtMostTwoUnits(milliseconds: Int, text: String) {
        #expect(TimeText.short(.milliseconds(milliseconds)) == text)
    }

    @Test func momentsAreShownRelativeToNow() {
        let now = Fixture.now
        #expect(TimeText.ago(now - .milliseconds(300), now: now) == "now")
        #expect(TimeText.ago(now - .seconds(180), now: now) == "3m ago")
        #expect(TimeText.ago(now + .seconds(90), now: now) == "in 1m 30s")
    }

    @Test(arguments: [
        (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (4_404_019, "4.2 MiB"),
        (1 << 50, "1024.0 TiB"),
    ])
    func sizesUseTheLargestUnit(bytes: Int, text: String) {
        #expect(ByteText.short(bytes) == text)
    }
}
