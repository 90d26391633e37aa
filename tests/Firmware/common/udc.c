// See udc.h.

#include "bao1x.h"
#include "udc.h"

#define MEMORY          (IFRAM + 0x20000u)
#define SEGMENT_TABLE   (MEMORY + 0x000)
#define CONTEXTS        (MEMORY + 0x100)
#define EVENT_RING      (MEMORY + 0x200)
#define EVENTS          32u
#define TRANSFER_RING(pei) (MEMORY + 0x400 + 256u * (pei))
#define TRANSFERS       16u             // the last one is a link back to the first
#define CONTROL_BUFFER  (MEMORY + 0x1000)
#define CONTROL_BYTES   1024u
#define ENDPOINTS       10u

#define TYPE(type)      ((type) << 10)
#define TYPE_NORMAL     TYPE(1u)
#define TYPE_DATA       TYPE(3u)
#define TYPE_STATUS     TYPE(4u)
#define TYPE_LINK       TYPE(6u)
#define CYCLE           (1u << 0)
#define TOGGLE_CYCLE    (1u << 1)
#define SHORT_PACKET    (1u << 2)
#define COMPLETION      (1u << 5)
#define INBOUND         (1u << 16)
#define TAG(tag)        ((tag) << 17)
#define STALL           (1u << 19)
#define SET_ADDRESS     (1u << 20)

enum command { INITIALIZE_EP0 = 0, UPDATE_EP0 = 1, ADDRESS = 2, CONFIGURE_EP = 4 };

static struct { uint32_t next, cycle; } rings[ENDPOINTS];
static uint32_t event_next, event_cycle;
static uint32_t tag;

static void command(enum command type, uint32_t parameter)
{
    UDC_CMDPARA0 = parameter;
    UDC_CMDPARA1 = 0;
    UDC_CMDCTRL = UDC_CMDCTRL_ACTIVE | (uint32_t)type << 4;
    while ((UDC_CMDCTRL & UDC_CMDCTRL_ACTIVE) != 0)
        ;
}

static uint32_t new_ring(unsigned pei)
{
    volatile uint32_t *words = (volatile uint32_t *)TRANSFER_RING(pei);
    for (unsigned i = 0; i < 4 * TRANSFERS; i++)
        words[i] = 0;
    words[4 * (TRANSFERS - 1)] = TRANSFER_RING(pei);
    words[4 * (TRANSFERS - 1) + 3] = TYPE_LINK | TOGGLE_CYCLE;
    rings[pei].next = 0;
    rings[pei].cycle = CYCLE;
    return TRANSFER_RING(pei) | CYCLE;
}

static void put(unsigned pei, uint32_t address, uint32_t length, uint32_t flags)
{
    volatile struct trb *trb = (volatile struct trb *)TRANSFER_RING(pei) + rings[pei].next;
    trb->word0 = address;
    trb->word1 = 0;
    trb->word2 = length;
    trb->word3 = flags | rings[pei].cycle;
    if (++rings[pei].next == TRANSFERS - 1) {
        trb[1].word3 = TYPE_LINK | TOGGLE_CYCLE | rings[pei].cycle;
        rings[pei].next = 0;
        rings[pei].cycle ^= CYCLE;
    }
}

void udc_start(void)
{
    UDC_USBCMD = UDC_USBCMD_RESET;
    while ((UDC_USBCMD & UDC_USBCMD_RESET) != 0)
        ;
    UDC_DEVCONFIG = UDC_DEVCONFIG_HIGH_SPEED;
    UDC_EVENTCONFIG = UDC_EVENTCONFIG_PORT;

    volatile uint32_t *events = (volatile uint32_t *)EVENT_RING;
    for (unsigned i = 0; i < 4 * EVENTS; i++)
        events[i] = 0;
    volatile uint32_t *segment = (volatile uint32_t *)SEGMENT_TABLE;
    segment[0] = EVENT_RING;
    segment[1] = 0;
    segment[2] = EVENTS;
    segment[3] = 0;
    event_next = 0;
    event_cycle = CYCLE;
    UDC_ERSTSZ = 1;
    UDC_ERSTBALO = SEGMENT_TABLE;
    UDC_ERSTBAHI = 0;
    UDC_ERDPLO = EVENT_RING | UDC_ERDPLO_EHB;
    UDC_ERDPHI = 0;
    UDC_IMOD = 0;
    UDC_IMAN = UDC_IMAN_IE | UDC_IMAN_IP;
    UDC_DCBAPLO = CONTEXTS;
    command(INITIALIZE_EP0, new_ring(0));
    UDC_USBCMD = UDC_USBCMD_RUN | UDC_USBCMD_INTERRUPT;
}

const struct trb *udc_event(void)
{
    static struct trb taken;
    volatile struct trb *event = (volatile struct trb *)EVENT_RING + event_next;
    if ((event->word3 & CYCLE) != event_cycle)
        return 0;
    taken.word0 = event->word0;
    taken.word1 = event->word1;
    taken.word2 = event->word2;
    taken.word3 = event->word3;
    if (++event_next == EVENTS) {
        event_next = 0;
        event_cycle ^= CYCLE;
    }
    return &taken;
}

void udc_events_done(void)
{
    UDC_USBSTS = UDC_USBSTS_EINT;
    UDC_IMAN = UDC_IMAN_IE | UDC_IMAN_IP;
    UDC_ERDPLO = (EVENT_RING + 16 * event_next) | UDC_ERDPLO_EHB;
}

void udc_port_changed(void)
{
    UDC_PORTSC = UDC_PORTSC;            // write 1 to clear the changes
    if (UDC_PORTSC_SPEED(UDC_PORTSC) != 0)
        command(UPDATE_EP0, 64u << 16);
    UDC_EVENTCONFIG |= UDC_EVENTCONFIG_SETUP;
}

struct setup udc_setup(const struct trb *event)
{
    tag = (event->word3 >> 21) & 3;
    return (struct setup){
        .type = (uint8_t)event->word0,
        .request = (uint8_t)(event->word0 >> 8),
        .value = (uint16_t)(event->word0 >> 16),
        .index = (uint16_t)event->word1,
        .length = (uint16_t)(event->word1 >> 16),
    };
}

static void status(uint32_t flags)
{
    put(0, 0, 0, TYPE_STATUS | COMPLETION | TAG(tag) | flags);
    UDC_DOORBELL = 0;
}

void udc_send(const void *data, uint32_t length)
{
    volatile uint8_t *buffer = (volatile uint8_t *)CONTROL_BUFFER;
    for (uint32_t i = 0; i < length && i < CONTROL_BYTES; i++)
        buffer[i] = ((const uint8_t *)data)[i];
    put(0, CONTROL_BUFFER, length, TYPE_DATA | TAG(tag));
    status(INBOUND);
}

void udc_receive(volatile uint8_t *buffer, uint32_t length)
{
    put(0, (uint32_t)buffer, length, TYPE_DATA | INBOUND | TAG(tag));
    status(0);
}

void udc_acknowledge(void) { status(0); }

void udc_stall(void) { status(STALL); }

void udc_take_address(uint8_t address)
{
    command(ADDRESS, address);
    status(SET_ADDRESS);
}

void udc_configure(unsigned pei, enum endpoint_type type, unsigned packet_size)
{
    volatile uint32_t *context = (volatile uint32_t *)(CONTEXTS + 16 * (pei - 2));
    context[0] = (pei / 2) << 3;
    context[1] = (uint32_t)packet_size << 16 | (type + (pei % 2 ? 4u : 0u)) << 3;
    context[2] = new_ring(pei);
    context[3] = 0;
    UDC_EPENABLE = 1u << pei;
    command(CONFIGURE_EP, 1u << pei);
    while ((UDC_EPENABLE & 1u << pei) == 0)
        ;
}

void udc_queue(unsigned pei, volatile uint8_t *buffer, uint32_t length)
{
    put(pei, (uint32_t)buffer, length, TYPE_NORMAL | SHORT_PACKET | COMPLETION);
    UDC_DOORBELL = pei;
}
