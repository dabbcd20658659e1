import Testing

@testable import Bootstrap

/// How many files may be open.
@Suite(.timeLimit(.minutes(1)))
struct DescriptorLimitTests {
    @Test(
        arguments: [
            (1_024, 524_288, 8_192), (1_024, 4_096, 4_096), (256, 256, 256),
            (16_384, 524_288, 16_384), (20, 30, 30),
        ] as [(UInt, UInt, UInt)])
    func theLimitIsRaisedAsFarAsItMayAndNeverLowered(
        _ soft: UInt, _ hard: UInt, _ raised: UInt
    ) {
        let limit = DescriptorLimit(soft: soft, hard: hard)
        #expect(limit.raised == DescriptorLimit(soft: raised, hard: hard))
    }

    @Test func tooFewAreRefusedWithWhatToDo() throws {
        #expect(DescriptorLimit(soft: 64, hard: 64).shortage == nil)
        let text = try #require(DescriptorLimit(soft: 63, hard: 63).shortage)
        for word in ["Only 63 files", "at least 64", "'ulimit -n'", "LimitNOFILE="] {
            #expect(text.contains(word), "\(text)")
        }
    }

    @Test func theLimitOfThisProcessCanBeRead() throws {
        let limit = try #require(DescriptorLimit.current)
        #expect(limit.soft > 0 && limit.soft <= limit.hard)
        let raised = try #require(DescriptorLimit.raise())
        #expect(raised == DescriptorLimit.current && raised.soft >= limit.soft)
    }
}
