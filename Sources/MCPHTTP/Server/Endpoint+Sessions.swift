internal import HTTPTypes

extension Endpoint {
    /// Answers a GET or DELETE of the endpoint.
    func visit(
        _ head: HTTPRequest, _ holder: Holder, _ connection: Connection
    ) throws(Refused) -> Outcome {
        switch SessionPlan(head) {
        case .refuse(let reply):
            return .reply(reply)
        case .end(let id):
            sessions.remove(try sessions.find(id, holder))
            return .reply(.empty(204))
        case .listen(let id):
            let entry = try sessions.find(id, holder)
            let ticket = try admission.enter(.stream, holder)
            let bell = Bell()
            guard let number = entry.standalone.attachIfFree(bell) else {
                throw Refused(.refusal(409, "The session's stream is open already"))
            }
            return .events(
                follow(entry, entry.standalone, bell, number, ticket, connection, opens: true))
        case .resume(let id, let event):
            let entry = try sessions.find(id, holder)
            let ticket = try admission.enter(.stream, holder)
            let bell = Bell()
            guard let stream = entry.stream(event.stream),
                let number = stream.attach(bell, after: event.number)
            else {
                throw Refused(.refusal(400, "What followed that event is not kept any more"))
            }
            return .events(
                follow(entry, stream, bell, number, ticket, connection, opens: false))
        }
    }

    private func follow(
        _ entry: HTTPSession, _ stream: EventStream, _ bell: Bell, _ number: Int,
        _ ticket: Ticket, _ connection: Connection, opens: Bool
    ) -> Delivery {
        entry.enter()
        connection.whenClosed { bell.end() }
        return Delivery(
            stream: stream, bell: bell, number: number, isResumable: true,
            opens: opens && entry.isResumable,
            leave: {
                stream.detach(number)
                entry.leave()
                ticket.release()
            })
    }
}
