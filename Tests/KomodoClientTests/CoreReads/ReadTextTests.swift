import JSON
import Jobs
import Testing

@testable import KomodoClient

/// The texts that documents are made of.
@Suite(.timeLimit(.minutes(2)))
struct ReadTextTests {
    @Test(arguments: [
        (0, "0ms"), (450, "450ms"), (1_000, "1s"), (45_999, "45s"), (154_000, "2m 34s"),
        (330_000, "5m 30s"), (3_600_000, "1h"), (93_784_000, "1d 2h 3m 4s"),
    ])
    func durationsReadAsDocumented(_ milliseconds: Int, _ text: String) {
        #expect(HumanText.duration(.milliseconds(milliseconds)) == text)
    }

    @Test(arguments: [
        (45.23, 2, "45.23"), (45.0, 2, "45"), (-0.05, 2, "-0.05"), (0.1, 1, "0.1"),
        (2.04, 1, "2"), (2.504, 2, "2.5"), (99.96, 1, "100"), (7, 0, "7"), (.nan, 2, "0"),
    ])
    func numbersHaveNoUselessDigits(_ value: Double, _ digits: Int, _ text: String) {
        #expect(HumanText.decimal(value, digits: digits) == text)
    }

    @Test
    func usageReadsAsDocumented() {
        #expect(HumanText.percent(45.2) == "45%")
        #expect(HumanText.gigabytes(2.1, of: 4) == "2.1GB / 4GB")
        #expect(HumanText.rate(1_200_000) == "1.2MB/s")
        #expect(HumanText.rate(500_000) == "500KB/s")
        #expect(HumanText.rate(12) == "12B/s")
        #expect(ServerMetrics.seconds("5-sec") == 5)
        #expect(ServerMetrics.seconds("1-min") == 60)
        #expect(ServerMetrics.seconds("soon") == nil)
    }

    @Test
    func pairsAreReadAsCoreReadsThem() {
        let text = """
            # a=comment
            KEY_1 = value_1 # end of line
            KEY_2="value_2"

            // another comment
            - KEY_4: 'value_4'
            "KEY_6 = 'value_6'"
            URL=http://user:pass@host/?a=b
            no pair
            """
        #expect(
            KeyValueText.object(.string(text)) == [
                "KEY_1": "value_1", "KEY_2": "\"value_2\"", "KEY_4": "'value_4'",
                "KEY_6": "'value_6'", "URL": "http://user:pass@host/?a=b",
            ])
        let array: JSONValue = [["variable": "A", "value": "1"], "B=2", 3]
        #expect(KeyValueText.object(array) == ["A": "1", "B": "2"])
        #expect(KeyValueText.joined("8080:80\n8443=443\n") == ["8080:80", "8443:443"])
        #expect(KeyValueText.object(nil).isEmpty)
    }

    @Test
    func linesOfASecretNeverBecomeNames() {
        let key = """
            TLS_KEY=-----BEGIN PRIVATE KEY-----
            MIIEvQIBADANBg=
            kqhkiG9w0BAQEF==
            -----END PRIVATE KEY-----
            QUOTED="first
            second=hidden
            last"
            AFTER=1
            """
        #expect(KeyValueText.object(.string(key)).keys == ["TLS_KEY", "QUOTED", "AFTER"])
    }

    @Test(arguments: [
        ("nginx:1.27", "1.27"), ("nginx", nil), ("localhost:5000/app", nil),
        ("localhost:5000/app:v2@sha256:abc", "v2"), ("app@sha256:abc", nil), ("", nil),
    ])
    func tagsOfImages(_ image: String, _ tag: String?) {
        #expect(ImageName.tag(image) == tag)
    }

    @Test
    func dockersWordsAreTakenApart() {
        #expect(DockerStatus.health("Up 3 hours (healthy)") == "healthy")
        #expect(DockerStatus.health("Up 3 hours (unhealthy)") == "unhealthy")
        #expect(DockerStatus.health("Up 1 second (health: starting)") == "starting")
        #expect(DockerStatus.health("Up 3 hours") == nil)
        #expect(DockerStatus.uptime("Up 6 days (healthy)") == "6 days")
        #expect(DockerStatus.uptime("Exited (0) 2 hours ago") == nil)
        #expect(DockerStatus.runningServices("running(2), exited(1)") == 2)
        #expect(DockerStatus.runningServices("exited(1)") == 0)
        #expect(DockerStatus.runningServices("unclear") == nil)
    }

    @Test(arguments: [
        ("https://user:secret@prod.example.com:8120/x", "prod.example.com", 8120),
        ("10.0.0.5:8120", "10.0.0.5", 8120), ("http://[::1]:8120", "::1", 8120),
        ("prod", "prod", nil),
    ])
    func addressesOfServers(_ text: String, _ host: String, _ port: Int64?) {
        let address = ServerAddress(text)
        #expect(address?.host == host)
        #expect(address?.port == port)
    }

    static let states: [(TargetType, String, String?)] = [
        (.server, "Ok", "running"), (.server, "NotOk", "error"),
        (.server, "Disabled", "stopped"), (.deployment, "dead", "failed"),
        (.deployment, "unhealthy", "failed"), (.deployment, "running", "running"),
        (.deployment, "restarting", "running"), (.deployment, "deploying", "deploying"),
        (.deployment, "not_deployed", "stopped"), (.deployment, "exited", "stopped"),
        (.deployment, "unknown", nil), (.stack, "unhealthy", "active"),
        (.stack, "created", "deploying"), (.stack, "down", "inactive"), (.stack, "unknown", nil),
        (.build, "Ok", "success"), (.build, "Failed", "failed"), (.build, "Building", "building"),
        (.build, "Unknown", "pending"), (.repo, "Ok", nil), (.action, "Ok", nil),
        (.deployment, "a newer word", nil),
    ]

    @Test(arguments: states)
    func statesHaveTheDocumentedWords(_ type: TargetType, _ state: String, _ status: String?) {
        #expect(StatusWords.status(type, state: state) == status)
    }

    @Test
    func everythingThatMeansSomethingToAShellIsADot() {
        #expect(CoreRequests.pattern(for: "GET /api 500: a_b-c") == "GET /api 500: a_b-c")
        #expect(CoreRequests.pattern(for: "'; rm -rf $(x) \"\\|") == ".. rm -rf ..x. ...")
        #expect(CoreRequests.pattern(for: "é\n") == ".+.")
    }
}
