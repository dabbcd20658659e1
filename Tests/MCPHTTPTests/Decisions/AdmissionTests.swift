internal import HTTPTypes
internal import MCP
internal import Testing

@testable import MCPHTTP

@Suite(.timeLimit(.minutes(2)))
struct AdmissionTests {
    private static let first = Holder(principal: Principal(name: "first"), tokenHash: [1])
    private static let second = Holder(principal: Principal(name: "second"), tokenHash: [2])

    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.requestsMax = 3
        limits.requestsPerPrincipalMax = 2
        limits.streamsMax = 1
        limits.bodyBytesTotalMax = 100
        return limits
    }

    @Test func onePrincipalIsToldToWaitBeforeAllAre() throws {
        let admission = Admission(limits: Self.limits)
        let tickets = [
            try admission.enter(.request, Self.first), try admission.enter(.request, Self.first),
        ]
        let tooMany = #expect(throws: Refused.self) {
            try admission.enter(.request, Self.first)
        }
        #expect(tooMany?.reply.status == 429)
        #expect(tooMany?.reply.fields[.retryAfter] == "2")
        let third = try admission.enter(.request, Self.second)
        let full = #expect(throws: Refused.self) { try admission.enter(.request, Self.second) }
        #expect(full?.reply.status == 503)
        _ = try admission.enter(.stream, Self.second)
        tickets[0].release()
        tickets[0].release()
        let again = try admission.enter(.request, Self.first)
        #expect(admission.count(.request) == 3)
        withExtendedLifetime((tickets, third, again)) {}
    }

    @Test func theMachinesOwnClientsShareAllThereIs() throws {
        let admission = Admission(limits: Self.limits)
        let local = Holder(principal: Principal(name: "local"), tokenHash: nil)
        let tickets = try (0..<3).map { _ in try admission.enter(.request, local) }
        let full = #expect(throws: Refused.self) { try admission.enter(.request, local) }
        #expect(full?.reply.status == 503)
        withExtendedLifetime(tickets) {}
    }

    @Test func aForgottenTicketIsGivenBack() throws {
        let admission = Admission(limits: Self.limits)
        for _ in 0..<10 { _ = try admission.enter(.stream, Self.first) }
        #expect(admission.count(.stream) == 0)
    }

    @Test func bodiesShareTheirRoom() {
        let admission = Admission(limits: Self.limits)
        #expect(admission.reserve(bytes: 60))
        #expect(!admission.reserve(bytes: 60))
        admission.release(bytes: 60)
        #expect(admission.reserve(bytes: 100))
    }
}
