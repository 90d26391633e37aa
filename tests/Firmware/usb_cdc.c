// A USB device with a serial port (CDC-ACM) and a HID keyboard. The serial port echoes in upper case; the keyboard
// reports the key A once, when the host has configured the device.
//
// Shows:   the life of the controller as firmware drives it: reset, event ring, port, setup packets and their tags,
//          address, endpoints, data both ways, all by IRQARRAY1 bit 0 with WFI between.
// Proof:   UART2 says "usb: high speed", "usb: address 1", "usb: configured", "usb: 115200 baud", "usb: DTR",
//          "usb: key taken"; on USB "hello\r" comes back as "HELLO\r". PROG, while it is pressed, is a pulled cable.

#include "bao1x.h"
#include "console.h"
#include "csr.h"
#include "udc.h"

#define GET_DESCRIPTOR          0x8006
#define SET_ADDRESS             0x0005
#define SET_CONFIGURATION       0x0009
#define GET_REPORT_DESCRIPTOR   0x8106
#define SET_IDLE                0x210A
#define SET_LINE_CODING         0x2120
#define SET_CONTROL_LINE_STATE  0x2122

#define SERIAL_BYTES            512
#define SERIAL_IN               PEI_IN(1)
#define SERIAL_OUT              PEI_OUT(1)
#define NOTIFICATION_IN         PEI_IN(2)
#define KEYBOARD_IN             PEI_IN(3)
#define KEYBOARD_BYTES          8
#define LINE_CODING_BYTES       7

#define WORD(value)             (value) & 0xFF, (value) >> 8

static const uint8_t device[18] = {
    18, 1, WORD(0x0201), 0xEF, 2, 1, 64, WORD(0x1209), WORD(0x0001), WORD(0x0123), 1, 2, 3, 1,
};

static const uint8_t bos[12] = { 5, 15, WORD(12), 1, 7, 16, 2, 2, 0, 0, 0 };

static const uint8_t keyboard_report[] = {
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x15, 0x00, 0x25, 0x65,
    0x75, 0x08, 0x95, 0x08, 0x81, 0x00, 0xC0,
};

#define CONFIGURATION_BYTES 100
static const uint8_t configuration[CONFIGURATION_BYTES] = {
    9, 2, WORD(CONFIGURATION_BYTES), 3, 1, 0, 0xC0, 50,
    8, 11, 0, 2, 2, 2, 1, 0,                            // interfaces 0 and 1 belong together
    9, 4, 0, 0, 1, 2, 2, 1, 4,
    5, 0x24, 0, WORD(0x0110),
    5, 0x24, 1, 0, 1,
    4, 0x24, 2, 2,
    5, 0x24, 6, 0, 1,
    7, 5, 0x82, 3, WORD(16), 9,
    9, 4, 1, 0, 2, 10, 0, 0, 0,
    7, 5, 0x81, 2, WORD(SERIAL_BYTES), 0,
    7, 5, 0x01, 2, WORD(SERIAL_BYTES), 0,
    9, 4, 2, 0, 1, 3, 1, 1, 5,
    9, 0x21, WORD(0x0111), 0, 1, 0x22, WORD(sizeof keyboard_report),
    7, 5, 0x83, 3, WORD(KEYBOARD_BYTES), 4,
};

static const char *const strings[] = { "", "XousCloud", "Echo", "0001", "Serial", "Keyboard" };

static uint8_t languages[4] = { 4, 3, WORD(0x0409) };

static uint32_t shorter(uint32_t a, uint32_t b) { return a < b ? a : b; }

static void send_string(unsigned index, uint32_t most)
{
    static uint8_t text[64];
    if (index >= sizeof strings / sizeof *strings) {
        udc_stall();
        return;
    }
    uint32_t length = 2;
    for (const char *c = strings[index]; *c != 0; c++) {
        text[length++] = (uint8_t)*c;
        text[length++] = 0;
    }
    text[0] = (uint8_t)length;
    text[1] = 3;
    udc_send(text, shorter(length, most));
}

static void send_descriptor(const struct setup *setup)
{
    switch (setup->value >> 8) {
    case 1:
        udc_send(device, shorter(sizeof device, setup->length));
        break;
    case 2:
        udc_send(configuration, shorter(sizeof configuration, setup->length));
        break;
    case 3:
        if ((setup->value & 0xFF) == 0)
            udc_send(languages, shorter(sizeof languages, setup->length));
        else
            send_string(setup->value & 0xFF, setup->length);
        break;
    case 15:
        udc_send(bos, shorter(sizeof bos, setup->length));
        break;
    default:
        udc_stall();
    }
}

static void configure(void)
{
    udc_configure(SERIAL_IN, BULK, SERIAL_BYTES);
    udc_configure(SERIAL_OUT, BULK, SERIAL_BYTES);
    udc_configure(NOTIFICATION_IN, INTERRUPT, 16);
    udc_configure(KEYBOARD_IN, INTERRUPT, KEYBOARD_BYTES);
    udc_acknowledge();

    udc_queue(SERIAL_OUT, UDC_BUFFER(0), SERIAL_BYTES);
    for (unsigned i = 0; i < KEYBOARD_BYTES; i++)
        UDC_BUFFER(2)[i] = i == 2 ? 0x04 : 0;           // the key A
    udc_queue(KEYBOARD_IN, UDC_BUFFER(2), KEYBOARD_BYTES);
    print("usb: configured\n");
}

static int line_coding_expected;

static void on_setup(const struct setup *setup)
{
    line_coding_expected = 0;
    switch (setup->type << 8 | setup->request) {
    case GET_DESCRIPTOR:
        send_descriptor(setup);
        break;
    case GET_REPORT_DESCRIPTOR:
        udc_send(keyboard_report, shorter(sizeof keyboard_report, setup->length));
        break;
    case SET_ADDRESS:
        udc_take_address((uint8_t)setup->value);
        print("usb: address %u\n", (unsigned)setup->value);
        break;
    case SET_CONFIGURATION:
        configure();
        break;
    case SET_LINE_CODING:
        line_coding_expected = 1;
        udc_receive(UDC_BUFFER(3), LINE_CODING_BYTES);
        break;
    case SET_CONTROL_LINE_STATE:
        udc_acknowledge();
        print("usb: %s\n", setup->value & 1 ? "DTR" : "no DTR");
        break;
    case SET_IDLE:
        udc_acknowledge();
        break;
    default:
        udc_stall();
    }
}

static void on_transfer(const struct trb *event)
{
    unsigned pei = TRB_PEI(event);
    if (pei == 0 && line_coding_expected && TRB_CODE(event) == CODE_SUCCESS) {
        volatile uint8_t *coding = UDC_BUFFER(3);
        line_coding_expected = 0;
        print("usb: %u baud\n", (unsigned)(coding[0] | coding[1] << 8 | coding[2] << 16));
    } else if (pei == SERIAL_OUT) {
        uint32_t length = SERIAL_BYTES - TRB_RESIDUAL(event);
        for (uint32_t i = 0; i < length; i++) {
            uint8_t c = UDC_BUFFER(0)[i];
            UDC_BUFFER(1)[i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
        }
        udc_queue(SERIAL_IN, UDC_BUFFER(1), length);
    } else if (pei == SERIAL_IN) {
        udc_queue(SERIAL_OUT, UDC_BUFFER(0), SERIAL_BYTES);
    } else if (pei == KEYBOARD_IN) {
        print("usb: key taken\n");
    }
}

static void on_port(void)
{
    udc_port_changed();
    switch (UDC_PORTSC_SPEED(UDC_PORTSC)) {
    case 1:
        print("usb: full speed\n");
        break;
    case 3:
        print("usb: high speed\n");
        break;
    default:
        print("usb: host\n");
    }
}

static void __attribute__((interrupt, aligned(4))) on_trap(void)
{
    if (csr_read(mcause) != (CAUSE_INTERRUPT | 11) || csr_read(MIP_ARRAY) != LINE_IRQARRAY1)
        die_of_trap();

    EV_PENDING(IRQARRAY1) = IRQARRAY1_USB;
    for (const struct trb *event = udc_event(); event != 0; event = udc_event()) {
        if (TRB_TYPE(event) == TRB_PORT) {
            on_port();
        } else if (TRB_TYPE(event) == TRB_SETUP) {
            struct setup setup = udc_setup(event);
            on_setup(&setup);
        } else if (TRB_TYPE(event) == TRB_TRANSFER) {
            on_transfer(event);
        }
    }
    udc_events_done();
}

int main(void)
{
    console_start();
    csr_write(mtvec, on_trap);
    udc_start();
    EV_PENDING(IRQARRAY1) = IRQARRAY1_USB;
    EV_ENABLE(IRQARRAY1) = IRQARRAY1_USB;
    csr_write(MIM, LINE_IRQARRAY1);
    csr_set(mie, INTERRUPT_MEI);
    csr_set(mstatus, STATUS_MIE);
    print("usb: ready\n");
    for (;;)
        wait_for_interrupt();
}
