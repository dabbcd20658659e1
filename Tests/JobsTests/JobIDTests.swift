import Jobs
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct JobIDTests {
    private static let alphabet = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func id(
        _ operation: JobOperation = .deploy, at milliseconds: Int64 = 1_790_000_000_000,
        chance: (UInt64, UInt64) = (1, 2)
    ) -> JobID {
        JobID(operation: operation, at: Timestamp(milliseconds: milliseconds), random: chance)
    }

    @Test(arguments: JobOperation.allCases)
    func everyOperationsIDsAreReadBack(operation: JobOperation) throws {
        let id = Self.id(operation, chance: (.max, 0x1234_5678_9ABC_DEF0))
        #expect("\(id)" == "job_\(operation.idWord)_\(id.token)")
        #expect(id.token.count == 26)
        #expect(id.token.allSatisfy(Self.alphabet.contains))
        #expect(JobID("\(id)") == id)
        #expect(id.token.hasSuffix(id.ending) && id.ending.count == 8)
    }

    @Test func theTimeStandsInFrontAndTheChanceBehind() {
        #expect(Self.id(at: 0, chance: (0, 0)).token == String(repeating: "0", count: 26))
        #expect(
            Self.id(at: 1, chance: (0, 0)).token == "000000001" + String(repeating: "0", count: 17))
        #expect(
            Self.id(at: (1 << 45) - 1, chance: (.max, .max)).token
                == String(repeating: "Z", count: 26))
        #expect(Self.id(at: -5, chance: (0, 0)) == Self.id(at: 0, chance: (0, 0)))
        #expect(Self.id(at: 31, chance: (1, 1)).token == "00000000Z1000000000001" + "0000")
    }

    @Test func all85BitsOfChanceCount() {
        var seen: Set<String> = []
        for bit in 0..<60 { seen.insert(Self.id(chance: (1 << UInt64(bit), 0)).token) }
        for bit in 0..<25 { seen.insert(Self.id(chance: (0, 1 << UInt64(bit))).token) }
        #expect(seen.count == 85)
        #expect(Self.id(chance: (1 << 60, 1 << 25)) == Self.id(chance: (0, 0)))
    }

    @Test func laterIDsSortAfterEarlierOnes() {
        var random = SeededRandom(3)
        var moments = (0..<500).map { _ in Int64(random.below(1 << 44)) }.sorted()
        moments = Array(Set(moments)).sorted()
        let tokens = moments.map { Self.id(at: $0, chance: (random.next(), random.next())).token }
        #expect(tokens == tokens.sorted())
    }

    @Test func documentedShortFormsAreUsed() {
        #expect("\(Self.id(.pullRepo))".hasPrefix("job_pull_"))
        #expect("\(Self.id(.cloneRepo))".hasPrefix("job_clone_"))
        #expect("\(Self.id(.deploy))".hasPrefix("job_deploy_"))
        #expect("\(Self.id(.build))".hasPrefix("job_build_"))
        #expect("\(Self.id(.buildRepo))".hasPrefix("job_build_repo_"))
        #expect("\(Self.id(.deployStackIfChanged))".hasPrefix("job_deploy_stack_if_changed_"))
    }

    @Test func smallLettersAreReadToo() {
        let id = Self.id(chance: (0xABCD_EF01_2345, 77))
        #expect(JobID("job_deploy_\(id.token.lowercased())") == id)
    }

    @Test(arguments: [
        "", "job", "job_", "job__", "job_deploy", "job_deploy_", "_", "deploy",
        "job_deploy_0123456789ABCDEFGHJKMNPQR", "job_deploy_0123456789ABCDEFGHJKMNPQRST",
        "job_deploy_0123456789ABCDEFGHJKMNPQRI", "job_deploy_0123456789ABCDEFGHJKMNPQRU",
        "job_deploy_0123456789ABCDEFGHJKMNPQ-S", "job_deploy_0123456789ABCDEFGHJKMNPQ S",
        "Job_deploy_0123456789ABCDEFGHJKMNPQRS", "job_Deploy_0123456789ABCDEFGHJKMNPQRS",
        "job_dance_0123456789ABCDEFGHJKMNPQRS", "job__0123456789ABCDEFGHJKMNPQRS",
        "job_pull_repo_0123456789ABCDEFGHJKMNPQRS", "job_0123456789ABCDEFGHJKMNPQRS",
        "job_deploy-0123456789ABCDEFGHJKMNPQRS", "job_build-repo_0123456789ABCDEFGHJKMNPQRS",
        " job_deploy_0123456789ABCDEFGHJKMNPQRS", "job_deploy_0123456789ABCDEFGHJKMNPQRS ",
        "job_deploy_0123456789ABCDEFGHJKMNPQRS\n", "job_deploy_0123456789ABCDEFGHJKMNPQRS\u{0}",
        "job_deploy_0123456789ABCDEFGHJKMNPQR\u{17F}", "job_deploy_0123456789ABCDEFGHJKMNPQ\u{DF}",
        "job_deploy_\u{FF10}123456789ABCDEFGHJKMNPQRS", "job_\u{301}deploy_0123456789ABCDEFGHJKMN",
    ])
    func garbageIsNoID(text: String) {
        #expect(JobID(text) == nil)
    }

    @Test func randomGarbageIsReadOrRefusedWithoutACrash() {
        var random = SeededRandom(11)
        let pieces = [
            "job_", "deploy", "_", "0123456789ABCDEFGHJKMNPQRS", "é", "\u{301}", "Z", " ",
        ]
        for _ in 0..<5_000 {
            let text = (0..<random.below(7)).map { _ in pieces[random.below(pieces.count)] }
                .joined()
            if let id = JobID(text) { #expect("\(id)".lowercased() == text.lowercased()) }
        }
    }
}
