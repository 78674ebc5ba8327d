// The round with the client of openapi-generator for Java.

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AccountsApi;
import org.openapitools.client.api.AgentsApi;
import org.openapitools.client.api.EventsApi;
import org.openapitools.client.api.MessagesApi;
import org.openapitools.client.api.NotificationsApi;
import org.openapitools.client.api.TicketsApi;
import org.openapitools.client.model.*;

public final class Round {
    private static final String BASE_URL = System.getenv("BASE_URL");
    private static final String PASSWORD = System.getenv("PASSWORD");

    private static void done(String step) {
        System.out.println("ok " + step);
    }

    private static void check(boolean holds, Object about) {
        if (!holds) {
            throw new AssertionError(Objects.toString(about));
        }
    }

    /** A client of somebody who is signed in, or of a stranger. */
    private static ApiClient client(String token) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(BASE_URL);
        if (token != null) {
            client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        }
        return client;
    }

    private interface Call {
        void run() throws ApiException;
    }

    /** The failure of a call. */
    private static Problem refused(int status, Call call) throws Exception {
        try {
            call.run();
        } catch (ApiException refusal) {
            check(refusal.getCode() == status, refusal.getCode());
            return client(null).getObjectMapper().readValue(refusal.getResponseBody(), Problem.class);
        }
        throw new AssertionError("not refused");
    }

    public static void main(String[] arguments) throws Exception {
        AccountsApi strangers = new AccountsApi(client(null));
        UserCreate person = new UserCreate()
            .firstName("Asha")
            .lastName("Mwangi")
            .email(System.getenv("CUSTOMER"))
            .phoneNumber("+254712345678")
            .password(PASSWORD);
        SessionResponse registered = (SessionResponse) strangers.register(person).getActualInstance();
        check(registered.getUser().getSupportInfo() == null, registered);
        done("register");

        SessionCreate login = new SessionCreate().email(System.getenv("AGENT")).password(PASSWORD);
        SessionResponse session = strangers.login(login);
        ApiClient asha = client(registered.getToken());
        ApiClient sarah = client(session.getToken());
        TicketsApi ashasTickets = new TicketsApi(asha);
        TicketsApi sarahsTickets = new TicketsApi(sarah);
        done("login");

        AvailabilityUpdate available = new AvailabilityUpdate().status(Availability.AVAILABLE);
        AgentAvailabilityResponse availability = new AgentsApi(sarah).setAvailability(available, null);
        check(availability.getAvailability().getStatus() == Availability.AVAILABLE, availability);
        done("availability");

        EventsApi events = new EventsApi(asha);
        EventList began = events.listEvents(null, null, null);
        check(began.getEvents().isEmpty(), began);

        TicketCreate body = new TicketCreate()
            .subject("Cannot pay")
            .description("The page stays white.")
            .category(Category.TECHNICAL)
            .priority(Priority.HIGH)
            .tags(List.of("payment"));
        String key = "create-" + System.getenv("CUSTOMER");
        Ticket ticket = ashasTickets.createTicket(body, key).getTicket();
        check(ticket.getAssignedTo() == null, ticket);
        done("create");

        var repeated = ashasTickets.createTicketWithHttpInfo(body, key);
        check(repeated.getData().getTicket().getId().equals(ticket.getId()), repeated);
        check(repeated.getHeaders().toString().toLowerCase().contains("idempotency-replayed"), repeated.getHeaders());
        done("repeat");

        List<Status> statuses = List.of(Status.OPEN, Status.ASSIGNED, Status.IN_PROGRESS);
        TicketList list = ashasTickets.listTickets(
            statuses, List.of(Priority.HIGH), null, null, null, null, null, null, null, null, null, null, null,
            TicketSort.CREATED_AT_DESCENDING, null, 5, null);
        check(list.getTickets().size() == 1 && list.getTickets().get(0).getId().equals(ticket.getId()), list);
        check(list.getPagination().getTotal() == 1, list);
        done("list");

        String number = ticket.getTicketNumber();
        check(sarahsTickets.getTicket(number).getTicket().getMessages().isEmpty(), number);
        done("get");

        MessageCreate question = new MessageCreate().message("Which browser do you use?");
        Message message = new MessagesApi(sarah).addMessage(number, question, null, null).getMessage();
        check(message.getSenderType() == SenderType.SUPPORT, message);
        done("reply");

        TicketPriorityUpdate urgent = new TicketPriorityUpdate().priority(Priority.URGENT);
        Problem stale = refused(412, () -> sarahsTickets.setTicketPriority(number, urgent, "\"999\"", null));
        check(stale.getCode() == ErrorCode.VERSION_MOVED_ON, stale);
        done("precondition");

        TicketClose solved = new TicketClose().summary("The cache was cleared.").resolutionType(ResolutionType.SOLVED);
        Ticket closed = sarahsTickets.closeTicket(number, null, null, solved).getTicket();
        check(closed.getResolution().getResolutionType() == ResolutionType.SOLVED, closed);
        done("close");

        Ticket rated = ashasTickets.rateTicket(number, new TicketRate().rating(5), null, null).getTicket();
        check(rated.getRating().getRating() == 5, rated);
        done("rate");

        List<Integer> stars = new ArrayList<>();
        List<Status> changes = new ArrayList<>();
        for (HistoryEntry entry : sarahsTickets.listHistory(number, null, 100, null).getHistory()) {
            if (entry.getActualInstance() instanceof RatedEntry one) {
                stars.add(one.getDetails().getRating());
            } else if (entry.getActualInstance() instanceof StatusChangedEntry one) {
                changes.add(one.getDetails().getTo());
            }
        }
        check(stars.equals(List.of(5)) && changes.contains(Status.CLOSED), stars + " " + changes);
        done("history");

        // What has happened since then; an event is of the type that `type` names.
        List<String> messages = new ArrayList<>();
        List<UUID> told = new ArrayList<>();
        for (String after = began.getPosition(); messages.isEmpty() || told.isEmpty(); ) {
            EventList page = events.listEvents(after, null, 20);
            check(!page.getEvents().isEmpty(), "no event within 20 seconds");
            for (Event event : page.getEvents()) {
                if (event.getActualInstance() instanceof TicketMessageEvent one) {
                    messages.add(one.getMessage().getMessage());
                } else if (event.getActualInstance() instanceof NotificationEvent one) {
                    told.add(one.getNotificationId());
                }
            }
            after = page.getPosition();
        }
        check(messages.get(0).equals("Which browser do you use?"), messages);
        done("events");

        List<Notification> notified = new NotificationsApi(asha).listNotifications(null, null, 100, null).getNotifications();
        check(notified.stream().anyMatch(entry -> entry.getId().equals(told.get(0))), notified);
        check(notified.stream().anyMatch(entry -> entry.getKind() == NotificationKind.STAFF_REPLIED), notified);
        check(notified.stream().allMatch(entry -> entry.getTicket().getTicketNumber().equals(number)), notified);
        done("notifications");

        TicketCreate faulty = new TicketCreate().subject("").description("Please help.");
        Problem refused = refused(422, () -> ashasTickets.createTicket(faulty, null));
        check(refused.getCode() == ErrorCode.INVALID_FIELDS, refused);
        check(refused.getErrors().get(0).getCode() == FieldErrorCode.TOO_SHORT, refused);
        done("invalid");

        Problem unknown = refused(401, () -> strangers.getMe());
        check(unknown.getCode() == ErrorCode.TOKEN_REQUIRED, unknown);
        done("unauthenticated");
    }
}
