@0xc8f7a3d41be06592;
$import "/capnp/c++.capnp".namespace("sanad::postgres");

struct Config {
  connection @0 :Text;              # libpq's connection string, 1..1,024 bytes, such as "host=/run/postgresql
                                    # dbname=sanad"; a password belongs in the file that passfile names
  schema @1 :Text = "sanad";        # the schema that holds the store: 1..40 of a-z 0-9 _, a letter first
  create @2 :Bool = false;          # make a new store where none is; refuses when there is one
  from @3 :Text;                    # with create: a file that the plugin's backup wrote, to fill it from
  snapshotsMax @4 :UInt16 = 32;     # views open at one time, each a connection of its own; 2..500
  answerSeconds @5 :UInt16 = 30;    # the server has answered by then, or the connection counts as lost; 1..300
  reconnectSeconds @6 :UInt16 = 30; # how long a server that is away is waited for before writing ends; 0..300
  takeOverSeconds @7 :UInt16 = 0;   # a standby: takes the store from a node that has not been heard of for so
                                    # long; 0: never; else 3..40
}
