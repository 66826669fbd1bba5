"""A Modbus slave of pymodbus 3.0 (Debian): python3 pymodbus-slave.py serial PATH | tcp PORT. Unit 5: 16 coils, registers."""
import sys
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer

slave = ModbusSlaveContext(
    di=ModbusSequentialDataBlock(0, [0] * 32),
    co=ModbusSequentialDataBlock(0, [0] * 32),
    # Register 1: 23.4 degrees; register 2: 56.7 %; registers 10 and 11: 123456, high word first.
    ir=ModbusSequentialDataBlock(0, [0, 234, 567] + [0] * 7 + [1, 57920] + [0] * 20),
    hr=ModbusSequentialDataBlock(0, [0] * 32),
    zero_mode=True,
)
context = ModbusServerContext(slaves={5: slave}, single=False)
kind, where = sys.argv[1], sys.argv[2]
print("ready", flush=True)
if kind == "serial":
    StartSerialServer(context=context, framer=ModbusRtuFramer, port=where, baudrate=9600, timeout=0.005)
else:
    StartTcpServer(context=context, address=("127.0.0.1", int(where)))
