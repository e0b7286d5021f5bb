# What an administrator sets up in RT, and what stands in the manual.
@Queues = ({ Name => 'Incidentes Criticos', Description => 'Linea directa', Lifecycle => 'default' });
@CustomFields = map {
    my ($name, $type, @values) = @$_;
    {   Name => $name, Type => $type, Queue => ['Incidentes Criticos'], LookupType => 'RT::Queue-RT::Ticket', MaxValues => 1,
        (@values ? (Values => [ map { { Name => $_ } } @values ]) : ()) }
    } ['External ID', 'FreeformSingle'], ['Call ID', 'FreeformSingle'], ['Caller Number', 'FreeformSingle'],
    ['Institution Code', 'FreeformSingle'], ['Severity', 'SelectSingle', 'critical', 'major', 'general'],
    ['First Response Due', 'DateTimeSingle'], ['First Response At', 'DateTimeSingle'], ['ETA', 'DateTimeSingle'];
@Users = ({
    Name => 'ivr-bot', EmailAddress => 'ivr-bot@hotline.test', RealName => 'IVR', Password => 'ivr-secret-1',
    Privileged => 1, Timezone => 'UTC',
});
@ACL = map { { UserId => 'ivr-bot', Queue => 'Incidentes Criticos', Right => $_ } } qw(
    SeeQueue CreateTicket ShowTicket ShowTicketComments CommentOnTicket ReplyToTicket ModifyTicket SeeCustomField
    ModifyCustomField OwnTicket
);
1;
